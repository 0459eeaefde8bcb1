/// `MultipartForm` is what a browser sends of a form with a file (RFC 7578): parts by their names.
struct MultipartForm {
    /// A form of ours has two; what has more is none of ours.
    private static let mostParts = 16

    private var parts: [(name: String, value: ArraySlice<UInt8>)] = []

    /// Nil where the body is no such form.
    ///
    /// - Parameter contentType: as the head has it, with the boundary.
    init?(_ body: [UInt8], contentType: String) {
        guard contentType.lowercased().hasPrefix("multipart/form-data"),
            let boundary = Self.parameter("boundary", of: contentType[...]), (1...70).contains(boundary.utf8.count)
        else { return nil }
        let first = Array("--\(boundary)".utf8)
        let delimiter = Array("\r\n--\(boundary)".utf8)
        guard body.starts(with: first) else { return nil }
        var rest = body[first.count...]
        // Behind a boundary stands "--" where it is the last, else a line break and the next part.
        while !rest.starts(with: "--".utf8) {
            guard rest.starts(with: "\r\n".utf8), parts.count < Self.mostParts else { return nil }
            rest = rest.dropFirst(2)
            guard let head = rest.firstRange(of: Array("\r\n\r\n".utf8)),
                let end = rest[head.upperBound...].firstRange(of: delimiter)
            else { return nil }
            let lines = String(decoding: rest[..<head.lowerBound], as: UTF8.self).split(separator: "\r\n")
            let disposition = lines.first { $0.lowercased().hasPrefix("content-disposition:") }
            if let name = disposition.flatMap({ Self.parameter("name", of: $0) }) {
                parts.append((name, rest[head.upperBound..<end.lowerBound]))
            }
            rest = rest[end.upperBound...]
        }
    }

    subscript(name: String) -> [UInt8]? { parts.first { $0.name == name }.map { Array($0.value) } }

    /// A parameter of a field, without the quotes around it.
    private static func parameter(_ name: String, of field: Substring) -> String? {
        for part in field.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].trimming(" ").lowercased() == name else { continue }
            return pair[1].trimming(" ").trimming("\"")
        }
        return nil
    }
}

extension StringProtocol {
    fileprivate func trimming(_ character: Character) -> String {
        let start = drop { $0 == character }
        return String(String(start.reversed()).drop { $0 == character }.reversed())
    }
}
