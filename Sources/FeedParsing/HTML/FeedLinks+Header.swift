internal import FeedModel

extension FeedLinks {
    /// The same of a response's `Link` header fields (RFC 8288): `<URL>; rel="alternate"; type="…"; title="…"`.
    package static func inHeader(_ fields: [String], baseURL: String) -> [Found] {
        var result: [Found] = []
        var known = Set<String>()
        for field in fields.prefix(maximumLinks) {
            var rest = field.utf8.prefix(maximumHeader)
            var budget = ResolutionBudget(document: rest.count)
            while result.count < maximumLinks, let found = nextLink(&rest) {
                guard let type = found.parameters["type"], isFeed(type, href: found.url),
                    found.parameters["rel"]?.lowercased().split(separator: " ").contains("alternate") == true,
                    let url = URLResolution.resolve(found.url, base: baseURL, &budget), URLResolution.isWeb(url),
                    known.insert(url).inserted
                else { continue }
                result.append(
                    Found(link: Link(rel: "alternate", href: url, type: type), title: found.parameters["title"]))
            }
        }
        return result
    }

    private static let maximumHeader = 65_536

    /// Takes one `<URL>; name=value; …` from the front; nil where there is no more.
    private static func nextLink(_ text: inout Substring.UTF8View) -> (url: String, parameters: [String: String])? {
        guard let open = text.firstIndex(of: UInt8(ascii: "<")),
            let close = text[open...].firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        let url = String(decoding: text[text.index(after: open)..<close], as: UTF8.self)
        text = text[text.index(after: close)...]
        var parameters: [String: String] = [:]
        var isQuoted = false
        var part: [UInt8] = []
        func take() {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1)
            part = []
            guard pair.count == 2 else { return }
            let name = trimmed(pair[0]).lowercased()
            if parameters[name] == nil { parameters[name] = trimmed(pair[1]) }
        }
        while let byte = text.popFirst() {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, byte == UInt8(ascii: ",") { break }
            if !isQuoted, byte == UInt8(ascii: ";") { take() } else { part.append(byte) }
        }
        take()
        return (url, parameters)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let noise: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\"") }
        guard let first = bytes.firstIndex(where: { !noise($0) }), let last = bytes.lastIndex(where: { !noise($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
