import FeedParsing
private import Text

/// `PageAddress` compares and judges the URLs that a page names, against the one it came from.
enum PageAddress {
    /// Longer URLs are none of a page.
    static let maximumLength = 4096

    /// The absolute http or https URL that a reference of the page means, or nil.
    static func absolute(_ reference: String, base: String?) -> String? {
        guard !reference.isEmpty, reference.utf8.count <= maximumLength,
            let url = URLResolution.resolve(reference, base: base), url.utf8.count <= maximumLength, isWeb(url)
        else { return nil }
        return url
    }

    private static func isWeb(_ url: String) -> Bool {
        guard let host = host(of: url) else { return false }
        // Whatever is no name and no address may not be one part of a URL that somebody else reads.
        return !host.isEmpty
            && !url.unicodeScalars.contains { $0.value <= 0x20 || $0 == "<" || $0 == ">" || $0 == "\"" }
    }

    /// The host of an http or https URL, in lower case, without user, port and `www.`.
    static func host(of url: String) -> String? {
        guard let (authority, _) = parts(url) else { return nil }
        var host = authority
        if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") { host = host[..<colon] }
        let lower = host.lowercased()
        return lower.hasPrefix("www.") ? String(lower.dropFirst(4)) : lower
    }

    /// Authority, and path with query.
    private static func parts(_ url: String) -> (authority: Substring, rest: Substring)? {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else { return nil }
        let scheme = url[..<colon].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let behind = url[url.index(colon, offsetBy: 3)...]
        let end = behind.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? behind.endIndex
        return (behind[..<end], behind[end...])
    }

    /// The path of an http or https URL, without query and fragment.
    static func path(of url: String) -> Substring {
        guard let (_, rest) = parts(url) else { return "" }
        return rest.prefix { $0 != "?" && $0 != "#" }
    }

    /// Whether two URLs are of one page as far as host and path tell, whatever their scheme, query and last slash.
    static func areSamePage(_ left: String, _ right: String) -> Bool {
        guard let host = host(of: left), host == self.host(of: right) else { return false }
        func plain(_ url: String) -> Substring {
            let path = self.path(of: url)
            return path.last == "/" ? path.dropLast() : path
        }
        // Every page of a site may call itself by the front page.
        return plain(left) == plain(right) && !plain(left).isEmpty
    }

    /// Whether two hosts belong together: equal, one below the other, or both below one name that is registered.
    static func areOfOneSite(_ left: String, _ right: String) -> Bool {
        left == right || left.hasSuffix("." + right) || right.hasSuffix("." + left)
            || registered(left) == registered(right)
    }

    /// The part of a host that names whose it is: the last two labels, or three where the last two are of the kind of
    /// `co.uk`.
    private static func registered(_ host: String) -> String {
        let labels = host.split(separator: ".")
        let isDouble = labels.count > 2 && labels[labels.count - 1].count == 2 && labels[labels.count - 2].count <= 3
        return labels.suffix(isDouble ? 3 : 2).joined(separator: ".")
    }

    /// The names by which a host may stand in titles: of `www.the-courier.co.uk` it is `the-courier`, and of
    /// `sport.example.org` it is `example`; with its ending, too.
    static func names(ofHost host: String) -> [String] {
        let name = registered(host)
        let label = name.split(separator: ".").first.map(String.init) ?? name
        return [label, name, host]
    }
}
