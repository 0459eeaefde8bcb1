/// The name of an element, in libxml2's memory: each part is there once for as long as its context lives.
struct XMLElementName {
    var local: UnsafePointer<UInt8>
    /// Also where it was never declared.
    var prefix: UnsafePointer<UInt8>?
    /// Nil where there is no namespace, or the prefix was never declared.
    var uri: UnsafePointer<UInt8>?

    /// Nil where there is no name, which libxml2 does not do.
    init?(local: UnsafePointer<UInt8>?, prefix: UnsafePointer<UInt8>?, uri: UnsafePointer<UInt8>?) {
        guard let local else { return nil }
        self.local = local
        self.prefix = prefix
        self.uri = uri
    }

    var localBytes: UnsafeBufferPointer<UInt8> {
        var length = 0
        while local[length] != 0 { length += 1 }
        return UnsafeBufferPointer(start: local, count: length)
    }

    /// Whether it is in the namespace of RSS 1.1, whose root is a channel.
    var isRSS11: Bool { uriText?.lowercased().contains("purl.org/net/rss1.1") == true }

    var uriText: String? { uri.map { String(cString: $0) } }
    var prefixText: String? { prefix.map { String(cString: $0) } }
}

/// The namespaces that a start tag declares; valid only while the event is handled.
struct XMLNamespaces {
    private let base: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    private let count: Int

    /// - Parameter base: two pointers for each: prefix and URI.
    init(_ base: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, count: Int) {
        self.base = base
        self.count = base == nil ? 0 : max(0, count)
    }

    /// What elements without a prefix are in.
    var usual: String? {
        for index in 0..<count where base?[index * 2] == nil { return base?[index * 2 + 1].map { String(cString: $0) } }
        return nil
    }
}
