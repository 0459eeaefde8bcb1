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

    private struct KnownNamespace {
        var uri: UnsafePointer<UInt8>?
        var prefix: UnsafePointer<UInt8>?
        var namespace: Namespace
    }

    private static let size = 64
    private var entries = [Entry](repeating: Entry(name: nil, prefix: nil, uri: nil, element: .unknown), count: size)
    private var namespaces: [KnownNamespace] = []
    /// A namespace that nobody knows and that the document's root or channel is in: it has to be the format's own.
    private var ownURI: String?

    mutating func element(_ name: XMLElementName) -> Element {
        let slot = (UInt(bitPattern: name.local) >> 2 ^ UInt(bitPattern: name.uri) >> 3) % UInt(Self.size)
        let entry = entries[Int(slot)]
        if entry.name == name.local, entry.uri == name.uri, entry.prefix == name.prefix { return entry.element }
        let element = lookUp(name)
        entries[Int(slot)] = Entry(name: name.local, prefix: name.prefix, uri: name.uri, element: element)
        return element
    }

    /// Takes the namespace of an element that has shown what the document is.
    ///
    /// - Returns: what the element then is.
    mutating func adopt(_ name: XMLElementName) -> Element {
        if let uri = name.uriText, Namespace(uri: uri, prefix: nil) == .other { ownURI = uri }
        entries = [Entry](repeating: Entry(name: nil, prefix: nil, uri: nil, element: .unknown), count: Self.size)
        namespaces = []
        return Element(name.localBytes, in: .core)
    }

    private mutating func lookUp(_ name: XMLElementName) -> Element {
        Element(name.localBytes, in: namespace(of: name))
    }

    private mutating func namespace(of name: XMLElementName) -> Namespace {
        for known in namespaces where known.uri == name.uri && known.prefix == name.prefix { return known.namespace }
        let uri = name.uriText
        let namespace = uri != nil && uri == ownURI ? .core : Namespace(uri: uri, prefix: name.prefixText)
        // A document may declare any number of them; it uses few.
        if namespaces.count < 32 {
            namespaces.append(KnownNamespace(uri: name.uri, prefix: name.prefix, namespace: namespace))
        }
        return namespace
    }
}
