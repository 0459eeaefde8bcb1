private import Text

/// The vocabularies that newswire knows, by meaning: each under all the URIs that it was ever given.
enum Namespace: UInt8 {
    /// RSS and Atom of every version, and no namespace at all.
    case core
    case rdf, dublinCore, dublinCoreTerms, content, media, itunes, googlePlay, podcast, syndication, creativeCommons
    case feedBurner, admin, comments, thread, prism, xhtml, other
    case geoRSS
    /// GML, and the two older vocabularies of latitude and longitude.
    case geography

    /// - Parameter uri: nil where the prefix was never declared, or there is none.
    init(uri: String?, prefix: String?) {
        if let uri, !uri.isEmpty {
            if let known = Self.known(Self.folded(uri)) {
                self = known
            } else {
                // A misspelt URI under a prefix that everybody uses for one thing.
                self = prefix.flatMap(Self.usual) ?? .other
            }
        } else if let prefix {
            self = Self.usual(prefix) ?? .other
        } else {
            self = .core
        }
    }

    /// Without what is misspelt most: case, https, and slashes and hashes at the end.
    private static func folded(_ uri: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(uri.utf8.count)
        for byte in uri.utf8 where byte > 0x20 {
            bytes.append(byte.asciiLowercased)
        }
        if bytes.starts(with: "https:".utf8) { bytes.remove(at: 4) }
        while let last = bytes.last, last == UInt8(ascii: "/") || last == UInt8(ascii: "#") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func known(_ uri: String) -> Namespace? {
        switch uri {
        case "http://www.w3.org/2005/atom", "http://purl.org/atom/ns", "http://purl.org/echo", "http://purl.org/pie",
            "http://example.com/newformat", "http://example.com/necho", "http://purl.org/net/rss1.1",
            "http://purl.org/rss/1.0", "http://my.netscape.com/rdf/simple/0.9",
            "http://my.netscape.com/rdf/simple/0.9.1",
            "http://my.netscape.com/publish/formats/rss-0.91.dtd", "http://channel.netscape.com/rdf/simple/0.9",
            "http://backend.userland.com/rss", "http://backend.userland.com/rss2", "http://backend.userland.com/rss091",
            "http://blogs.law.harvard.edu/tech/rss", "http://cyber.law.harvard.edu/rss/rss.html",
            "http://www.w3.org/standards/techs/rss", "uri/of/echo/namespace", "http://purl.org/rss/2.0":
            return .core
        case "http://www.w3.org/1999/02/22-rdf-syntax-ns": return .rdf
        case "http://purl.org/dc/elements/1.1", "http://purl.org/dc/elements/1.0",
            "http://purl.org/metadata/dublin_core":
            return .dublinCore
        case "http://purl.org/dc/terms": return .dublinCoreTerms
        case "http://purl.org/rss/1.0/modules/content": return .content
        case "http://search.yahoo.com/mrss", "http://www.rssboard.org/media-rss", "http://video.search.yahoo.com/mrss",
            "http://tools.search.yahoo.com/mrss":
            return .media
        case "http://www.itunes.com/dtds/podcast-1.0.dtd", "http://itunes.com/dtds/podcast-1.0.dtd",
            "http://www.itunes.com/dtds/podcast-1.0", "http://example.com/dtds/podcast-1.0.dtd":
            return .itunes
        case "http://www.google.com/schemas/play-podcasts/1.0": return .googlePlay
        case "http://podcastindex.org/namespace/1.0": return .podcast
        // The page that describes it, in any version of it.
        case _ where uri.hasPrefix("http://github.com/podcastindex-org/podcast-namespace/"): return .podcast
        case "http://purl.org/rss/1.0/modules/syndication", "http://hacks.benhammersley.com/rss/1.0/syndication":
            return .syndication
        case "http://web.resource.org/cc", "http://creativecommons.org/ns",
            "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html",
            "http://backend.userland.com/creativecommonsrssmodule":
            return .creativeCommons
        case "http://rssnamespace.org/feedburner/ext/1.0", "http://www.pheedo.com/namespace/pheedo": return .feedBurner
        case "http://webns.net/mvcb": return .admin
        case "http://wellformedweb.org/commentapi": return .comments
        case "http://purl.org/syndication/thread/1.0": return .thread
        case "http://www.w3.org/1999/xhtml": return .xhtml
        case "http://www.georss.org/georss", "http://www.georss.org/georss/10": return .geoRSS
        case "http://www.opengis.net/gml", "http://www.opengis.net/gml/3.2",
            "http://www.w3.org/2003/01/geo/wgs84_pos", "http://postneo.com/icbm":
            return .geography
        case "http://prismstandard.org/namespaces/1.2/basic", "http://prismstandard.org/namespaces/basic/1.2",
            "http://prismstandard.org/namespaces/basic/2.0", "http://prismstandard.org/namespaces/basic/2.1":
            return .prism
        default: return nil
        }
    }

    private static func usual(_ prefix: String) -> Namespace? {
        switch prefix.lowercased() {
        case "rss", "atom", "atom10", "atom03", "a10": .core
        case "rdf": .rdf
        case "dc": .dublinCore
        case "dcterms": .dublinCoreTerms
        case "content": .content
        case "media": .media
        case "itunes": .itunes
        case "googleplay": .googlePlay
        case "podcast": .podcast
        case "sy": .syndication
        case "cc", "creativecommons": .creativeCommons
        case "feedburner", "pheedo": .feedBurner
        case "admin": .admin
        case "wfw": .comments
        case "thr": .thread
        case "georss": .geoRSS
        case "gml", "geo", "icbm": .geography
        case "prism": .prism
        case "xhtml": .xhtml
        default: nil
        }
    }
}

/// Values by name, where the names are known when the program is written; letters of ASCII are compared without regard
/// to case.
///
/// A dictionary of strings would make a string of each name that is looked up, and hash it against adversaries: here the
/// names are fixed, so that nobody can make them collide.
struct NameTable<Value: Sendable>: Sendable {
    private let slots: [(name: StaticString, value: Value)?]
    private let mask: Int

    /// - Parameter entries: names in lower case, each once.
    init(_ entries: [(StaticString, Value)]) {
        var size = 8
        while size < entries.count * 2 { size *= 2 }
        var slots = [(name: StaticString, value: Value)?](repeating: nil, count: size)
        for (name, value) in entries {
            var slot = Self.hash(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)) & (size - 1)
            while slots[slot] != nil { slot = (slot + 1) & (size - 1) }
            slots[slot] = (name, value)
        }
        self.slots = slots
        mask = size - 1
    }

    subscript(name: UnsafeBufferPointer<UInt8>) -> Value? {
        var slot = Self.hash(name) & mask
        // At least half of the slots are empty.
        while let entry = slots[slot] {
            if entry.name.utf8CodeUnitCount == name.count, name.hasPrefixIgnoringCase(entry.name) { return entry.value }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// FNV-1a, without the difference between upper and lower case.
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt32 = 0x811c_9dc5
        for byte in name {
            hash = (hash ^ UInt32(byte.asciiLowercased)) &* 0x0100_0193
        }
        return Int(hash ^ hash >> 15)
    }
}
