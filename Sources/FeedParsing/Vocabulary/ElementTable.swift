/// Remembers what each name of a document means, so that names are compared as text once and then as addresses.
///
/// libxml2 keeps one copy of every name for as long as its context lives, and the context outlives the table's use.
struct ElementTable {
    private struct Entry {
        var name: UnsafePointer<UInt8>?
        var prefix: UnsafePointer<UInt8>?
        var uri: UnsafePointer<UInt8>?
        var element: Element
    }

    private static let size = 128
    private var entries = [Entry](repeating: Entry(name: nil, prefix: nil, uri: nil, element: .unknown), count: size)
    /// A namespace that nobody knows and that the document's root or channel is in: it has to be the format's own.
    private var ownURI: String?

    mutating func element(
        _ name: UnsafePointer<UInt8>, prefix: UnsafePointer<UInt8>?, uri: UnsafePointer<UInt8>?
    ) -> Element {
        let slot = (UInt(bitPattern: name) >> 2 ^ UInt(bitPattern: uri) >> 3) % UInt(Self.size)
        let entry = entries[Int(slot)]
        if entry.name == name, entry.uri == uri, entry.prefix == prefix { return entry.element }
        let element = lookUp(name, prefix: prefix, uri: uri)
        entries[Int(slot)] = Entry(name: name, prefix: prefix, uri: uri, element: element)
        return element
    }

    /// Takes the namespace of an element that has shown what the document is.
    ///
    /// - Returns: what the element then is.
    mutating func adopt(
        _ name: UnsafePointer<UInt8>, prefix: UnsafePointer<UInt8>?, uri: UnsafePointer<UInt8>?
    ) -> Element {
        if let uri {
            let text = String(cString: uri)
            if Namespace(uri: text, prefix: nil) == .other { ownURI = text }
        }
        entries = [Entry](repeating: Entry(name: nil, prefix: nil, uri: nil, element: .unknown), count: Self.size)
        return Element(Self.folded(name), in: .core)
    }

    private func lookUp(
        _ name: UnsafePointer<UInt8>, prefix: UnsafePointer<UInt8>?, uri: UnsafePointer<UInt8>?
    ) -> Element {
        let uri = uri.map { String(cString: $0) }
        let namespace =
            uri != nil && uri == ownURI ? .core : Namespace(uri: uri, prefix: prefix.map { String(cString: $0) })
        return Element(Self.folded(name), in: namespace)
    }

    private static func folded(_ name: UnsafePointer<UInt8>) -> String { String(cString: name).lowercased() }
}
