internal import Text

/// What a request line names: a path and a query.
struct WebTarget: Equatable {
    /// As it came, below `base_path`, with a slash at its start.
    var path: String
    /// The parts of the path, decoded, without empty ones.
    var segments: [String]
    var query: WebFields
    /// The host and port that stand in it; nil where it begins with a path.
    private(set) var authority: String?

    /// Why a target cannot be read.
    enum Refusal: Error {
        case malformed
        /// It is not below `base_path`.
        case elsewhere
    }

    /// - Parameters:
    ///   - text: `/path?query`, or the same behind a scheme and a host, as proxies are asked.
    ///   - base: empty, or such as `/news`.
    init(_ text: String, below base: String) throws(Refusal) {
        var rest = text[...]
        if !rest.hasPrefix("/") {
            guard rest.hasPrefix("http://") || rest.hasPrefix("https://"), let colon = rest.firstRange(of: "://") else {
                throw .malformed
            }
            rest = rest[colon.upperBound...]
            let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        if let hash = rest.utf8.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<hash] }
        let question = rest.utf8.firstIndex(of: UInt8(ascii: "?"))
        query = question.map { WebFields(encoded: rest[$0...].utf8.dropFirst()) } ?? WebFields()
        var path = rest[..<(question ?? rest.endIndex)]
        if !base.isEmpty {
            guard path.hasPrefix(base) else { throw .elsewhere }
            path = path.dropFirst(base.count)
            guard path.isEmpty || path.hasPrefix("/") else { throw .elsewhere }
        }
        self.path = path.isEmpty ? "/" : String(path)
        segments = []
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            guard let bytes = PercentEncoding.decoded(part), !bytes.contains(0),
                let segment = String(validating: bytes, as: UTF8.self)
            else { throw .malformed }
            segments.append(segment)
        }
    }

    /// What stands in a path behind its first parts, decoded, with the slashes that are in it; empty where nothing does.
    static func rest(of path: String, behind count: Int) -> String {
        let bytes = Array(path.utf8)
        var index = 0
        for _ in 0..<count {
            while index < bytes.count, bytes[index] == UInt8(ascii: "/") { index += 1 }
            while index < bytes.count, bytes[index] != UInt8(ascii: "/") { index += 1 }
        }
        if index < bytes.count { index += 1 }
        return String(decoding: PercentEncoding.decoded(bytes[index...]) ?? Array(bytes[index...]), as: UTF8.self)
    }
}
