private import Text

/// Elements that in feeds say all that they say in attributes, so that nothing is lost where they end at once
/// (security.md §6).
///
/// They are known by their local names in whatever namespace, because publishers leave out declarations as readily as end
/// tags. Which attributes make an element such a one is part of it: RSS's own `<link>` and `<category>` hold text.
enum HollowElement {
    private struct Attributes: OptionSet {
        let rawValue: UInt32

        static let href = Attributes(rawValue: 1 << 0)
        static let url = Attributes(rawValue: 1 << 1)
        static let resource = Attributes(rawValue: 1 << 2)
        static let term = Attributes(rawValue: 1 << 3)
        static let text = Attributes(rawValue: 1 << 4)
        static let label = Attributes(rawValue: 1 << 5)
        static let domain = Attributes(rawValue: 1 << 6)
        static let src = Attributes(rawValue: 1 << 7)
        static let medium = Attributes(rawValue: 1 << 8)
        static let fileSize = Attributes(rawValue: 1 << 9)
        static let value = Attributes(rawValue: 1 << 10)
        static let ref = Attributes(rawValue: 1 << 11)
        static let uri = Attributes(rawValue: 1 << 12)
        static let content = Attributes(rawValue: 1 << 13)
        static let srcset = Attributes(rawValue: 1 << 14)
        static let average = Attributes(rawValue: 1 << 15)
        static let views = Attributes(rawValue: 1 << 16)
        static let state = Attributes(rawValue: 1 << 17)
        static let status = Attributes(rawValue: 1 << 18)
        static let price = Attributes(rawValue: 1 << 19)
        static let type = Attributes(rawValue: 1 << 20)
        static let method = Attributes(rawValue: 1 << 21)
        static let address = Attributes(rawValue: 1 << 22)
        static let start = Attributes(rawValue: 1 << 23)
        static let protocolName = Attributes(rawValue: 1 << 24)
        static let feedGUID = Attributes(rawValue: 1 << 25)
        static let server = Attributes(rawValue: 1 << 26)
        static let usesPodping = Attributes(rawValue: 1 << 27)
        static let role = Attributes(rawValue: 1 << 28)
        static let geo = Attributes(rawValue: 1 << 29)
    }

    private static let attributes = NameTable<Attributes>([
        ("href", .href), ("url", .url), ("resource", .resource), ("term", .term), ("text", .text), ("label", .label),
        ("domain", .domain), ("src", .src), ("medium", .medium), ("filesize", .fileSize), ("value", .value),
        ("ref", .ref), ("uri", .uri), ("content", .content), ("srcset", .srcset), ("average", .average),
        ("views", .views), ("state", .state), ("status", .status), ("price", .price), ("type", .type),
        ("method", .method), ("address", .address), ("start", .start), ("starttime", .start),
        ("protocol", .protocolName), ("feedguid", .feedGUID), ("server", .server), ("usespodping", .usesPodping),
        ("role", .role), ("geo", .geo),
    ])

    private static let elements = NameTable<Attributes>([
        // RSS, Atom, CDF.
        ("link", [.href, .resource]), ("enclosure", [.url, .href, .resource]), ("category", [.term, .text, .label]),
        ("keywords", .text), ("cloud", .domain), ("image", [.href, .url, .resource]), ("textinput", .resource),
        ("logo", .href), ("source", [.url, .href, .uri]), ("content", [.src, .url, .medium, .fileSize]),
        ("author", .value), ("in-reply-to", [.ref, .href]), ("meta", .content),
        // RDF and its modules.
        ("li", .resource), ("license", [.resource, .href]), ("generatoragent", .resource),
        ("errorreportsto", .resource), ("info", .uri),
        // Media RSS.
        ("thumbnail", [.url, .href]), ("player", .url), ("embed", .url), ("peerlink", .href), ("subtitle", .href),
        ("starrating", .average), ("statistics", .views), ("status", .state), ("rights", .status), ("price", .price),
        // Podcasts.
        ("transcript", .url), ("chapters", .url), ("chapter", .start), ("alternateenclosure", .type),
        ("integrity", .value), ("value", .method), ("valuerecipient", .address), ("valuetimesplit", .start),
        ("images", .srcset), ("socialinteract", [.uri, .protocolName]), ("remoteitem", .feedGUID),
        ("podping", .usesPodping), ("chat", .server), ("person", [.href, .role]), ("funding", .url),
        ("trailer", .url), ("soundbite", .start), ("contentlink", .href), ("location", .geo), ("poster", .url),
    ])

    /// Tells what a start tag begins.
    ///
    /// - Returns: whether elements of that kind may stand in each other; nil where it begins none of these elements.
    static func nests(_ input: UnsafeBufferPointer<UInt8>, _ tag: TagScanner) -> Bool? {
        guard let telling = elements[localName(input, tag.name)] else { return nil }
        var tag = tag
        tag.rewind()
        var found: Attributes = []
        while let attribute = tag.nextAttribute() {
            if let known = Self.attributes[localName(input, attribute.name)] { found.formUnion(known) }
        }
        // A podcast's category has the finer ones inside.
        return telling.isDisjoint(with: found) ? nil : found.contains(.text) && !found.contains(.term)
    }

    private static func localName(
        _ input: UnsafeBufferPointer<UInt8>, _ name: Range<Int>
    ) -> UnsafeBufferPointer<UInt8> {
        var start = name.upperBound
        while start > name.lowerBound, input[start - 1] != UInt8(ascii: ":") { start -= 1 }
        return UnsafeBufferPointer(rebasing: input[start..<name.upperBound])
    }
}
