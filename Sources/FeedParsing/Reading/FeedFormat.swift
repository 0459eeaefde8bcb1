import FeedModel

/// Which format a document is in, by what its root element says.
extension Feed.Format {
    var isAtom: Bool { self == .atom10 || self == .atom03 }

    static func rss(version: String?) -> Feed.Format {
        guard let version else { return .rss20 }
        if version.hasPrefix("0.90") || version == "0.9" { return .rss090 }
        if version.hasPrefix("0.91") { return .rss091 }
        // 0.93 and 0.94 were drafts on the way from 0.92 to 2.0.
        if version.hasPrefix("0.9") { return .rss092 }
        return version.hasPrefix("1.") ? .rss10 : .rss20
    }

    static func rdf(uri: String?) -> Feed.Format {
        guard let uri else { return .rss10 }
        return uri.contains("netscape.com") && uri.contains("0.9") ? .rss090 : .rss10
    }

    static func atom(version: String?, uri: String) -> Feed.Format {
        if uri.contains("2005/Atom") { return .atom10 }
        return version?.hasPrefix("0.") == true || uri.contains("atom/ns") || uri.contains("echo") ? .atom03 : .atom10
    }
}
