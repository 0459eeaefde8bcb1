private import Text
import Web

/// What a person wrote for a feed's URL, judged.
enum FeedAddress: Equatable {
    /// An http or https URL as it was written, and the key of its host (`HostKey`).
    case web(url: String, host: String)
    /// A local document: its absolute path, and the same as a `file:///` URL.
    case local(path: String, url: String)
    /// A text that cannot be used; the reason does not hold the text itself.
    case refused(String)

    /// Longest URL that is taken, in bytes.
    static let limit = 8192

    /// Judges what stands in a table, where a text that is no URL is a path.
    ///
    /// - Parameter directory: what a relative path is relative to.
    static func parse(_ text: String, relativeTo directory: String) -> FeedAddress {
        if let address = url(text) { return address }
        if let scheme = scheme(of: text) { return .refused(refusal(ofScheme: scheme)) }
        let path = Path.join(directory, text)
        return .local(path: path, url: url(ofPath: path))
    }

    /// Judges what stands in a list of URLs or in OPML: without a scheme it is https if it begins with a host, and no
    /// text is taken for a path (contract.md §2.5).
    ///
    /// - Parameter doubt: gets what is to be said of a text that is a name and nothing else. `Node.js` may be a host, and
    ///   is more likely none.
    static func parse(listed text: String, _ doubt: (String) -> Void) -> FeedAddress {
        if let address = url(text) { return address }
        if beginsWithHost(text) {
            if !text.utf8.contains(where: { ":/?#".utf8.contains($0) }), IPAddress(text) == nil {
                let name = TOMLText.quoted(text)
                doubt("\(name) has no scheme and no path; it is taken for https://\(text.lowercased())/")
            }
            return web("https://\(text)")
        }
        if let scheme = scheme(of: text) { return .refused(refusal(ofScheme: scheme)) }
        return .refused("names no host; write https://HOST/PATH, or file:///PATH in a list of URLs")
    }

    /// Judges a text that cannot be used in any place, or that has one of the schemes that are; nil for any other.
    private static func url(_ text: String) -> FeedAddress? {
        guard !text.isEmpty else { return .refused("is empty") }
        guard text.utf8.count <= limit else { return .refused("is longer than \(limit) bytes") }
        if let refusal = TextRules.refusal(address: text, allowingSpace: true) { return .refused(refusal) }
        if isWeb(text) { return web(text) }
        if hasScheme(text, "file:") { return fileURL(text) }
        return text.hasPrefix("|") ? .refused("names a command; newswire runs none") : nil
    }

    /// Whether what stands before the first slash can only be meant as a host, with or without a port: an address, or a
    /// name with a dot that does not end as files do.
    private static func beginsWithHost(_ text: String) -> Bool {
        let start = String(decoding: text.utf8.prefix { !"/?#".utf8.contains($0) }, as: UTF8.self)
        guard !start.utf8.contains(where: { "@\\%".utf8.contains($0) }), let url = try? WebURL("https://\(start)/")
        else {
            return false
        }
        // Not `10/feed`, though that is an address, too.
        if IPAddress(url.host) != nil { return start.hasPrefix(url.host) || start.hasPrefix("[") }
        let labels = url.host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1, let last = labels.last, last.utf8.count > 1 else { return false }
        return !fileEndings.contains(String(last)) && last.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x2d }
    }

    /// None of these is a domain on its own.
    private static let fileEndings: Set<String> = [
        "asp", "aspx", "atom", "cgi", "htm", "html", "json", "jsp", "opml", "php", "rdf", "rss", "toml", "txt", "xml",
    ]

    static func isWeb(_ text: String) -> Bool { hasScheme(text, "https:") || hasScheme(text, "http:") }

    /// - Parameter scheme: with its colon.
    static func hasScheme(_ text: String, _ scheme: StaticString) -> Bool {
        let bytes = text.utf8
        guard bytes.count >= scheme.utf8CodeUnitCount else { return false }
        let name = UnsafeBufferPointer(start: scheme.utf8Start, count: scheme.utf8CodeUnitCount)
        return zip(bytes, name).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }

    /// Judges a text that begins with `http:` or `https:`.
    static func web(_ text: String) -> FeedAddress {
        if let refusal = TextRules.refusal(address: text) { return .refused(refusal) }
        // libcurl takes one slash or three for two; a person has mistyped them.
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            return .refused("is not complete; write https://HOST/PATH")
        }
        if text[colon...].hasPrefix(":///") { return .refused(refusal(of: .noHost)) }
        let rest = String(text[colon...])
        if hasScheme(rest, "://http://") || hasScheme(rest, "://https://") {
            return .refused("begins with two schemes; write https://HOST/PATH")
        }
        do {
            let url = try WebURL(text)
            guard url.user == nil, url.password == nil else {
                return .refused(
                    "holds a user name or password; use basic_auth = { user = \"…\", password = { file = \"…\" } }")
            }
            return .web(url: text, host: HostKey.of(url))
        } catch {
            return .refused(refusal(of: error))
        }
    }

    static func refusal(of problem: WebURL.Problem) -> String {
        switch problem {
        case .malformed: "is not a URL that can be asked"
        case .noHost: "has no host"
        case .host: "has a host that cannot be asked; write a name such as example.org, or an address"
        case .port: "has a port that is none; 1 to 65535"
        case .zone: "has an address of one network interface; write the host's name"
        case .international: "has a host whose name has no form in ASCII; write the one that begins with xn--"
        case .scheme(let scheme): refusal(ofScheme: scheme)
        }
    }

    private static func scheme(of text: String) -> String? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), let first = text.utf8.first,
            first.isASCIILetter, text.utf8[..<colon].allSatisfy({ $0.isASCIIAlphanumeric || "+.-".utf8.contains($0) })
        else { return nil }
        return text[..<colon].lowercased()
    }

    private static func refusal(ofScheme scheme: String) -> String {
        switch scheme {
        case "exec", "filter": "names a command; newswire runs none"
        case "query": "is a search of newsboat's, not a feed"
        case "feed": "has the scheme feed:; write the https:// or http:// address"
        default:
            if scheme.contains(".") {
                "has no scheme; write https:// before it"
            } else {
                "has the scheme \(scheme): which is not fetched; http, https and local files are"
            }
        }
    }

    /// `file:///path`, or with the host `localhost`.
    private static func fileURL(_ text: String) -> FeedAddress {
        let rest = text.dropFirst("file:".count)
        let encoded: Substring
        if rest.hasPrefix("///") {
            encoded = rest.dropFirst(2)
        } else if rest.hasPrefix("//localhost/") {
            encoded = rest.dropFirst("//localhost".count)
        } else {
            return .refused("is no file of this machine; write file:///PATH")
        }
        guard let bytes = PercentEncoding.decoded(encoded.utf8), let path = String(validating: bytes, as: UTF8.self),
            TextRules.refusal(address: path, allowingSpace: true) == nil
        else { return .refused("is not a readable path: a % stands for no character, or for a control character") }
        return .local(path: path, url: url(ofPath: path))
    }

    private static func url(ofPath path: String) -> String {
        "file://" + PercentEncoding.encoded(path: path.utf8)
    }
}
