import FeedParsing
import JSONText

/// `LinkedData` is what the JSON-LD of a page says, as far as it can be read: the objects that stand at its top, with
/// `@graph` and lists opened.
///
/// Everything in it is hostile: no more than `maximumBytes` are read, nothing deeper than `maximumDepth`, and no more than
/// `maximumObjects` objects.
struct LinkedData {
    /// All the blocks of a page together have no more bytes that are read.
    static let maximumBytes = 1 << 20
    static let maximumDepth = 64
    static let maximumObjects = 100

    /// The objects in the order in which the page has them.
    private(set) var objects: [JSONValue] = []
    /// The places of objects by their `@id`, the first of each.
    private var places: [String: Int] = [:]

    /// Reads the texts of a page's `application/ld+json` scripts. What cannot be read is passed over; of what breaks off,
    /// the part before the break counts.
    init(blocks: [[UInt8]]) {
        var left = Self.maximumBytes
        for block in blocks where left > 0 && objects.count < Self.maximumObjects {
            let bytes = block.prefix(left)
            left -= bytes.count
            if let value = Self.read(bytes) { gather(value) }
        }
    }

    /// The object that another one refers to by `{"@id": …}` alone; any other value is itself.
    func resolved(_ value: JSONValue) -> JSONValue {
        guard let members = value.object, members.count <= 2, let name = value["@id"]?.string,
            let place = places[name]
        else { return value }
        return objects[place]
    }

    /// Opens lists and graphs, breadth first, so that nothing depends on how deep they are.
    private mutating func gather(_ value: JSONValue) {
        var waiting = [value]
        var next = 0
        // Empty lists in lists are no objects, and must not go on without end either.
        while next < waiting.count, next < 8 * Self.maximumObjects, objects.count < Self.maximumObjects {
            let value = waiting[next]
            next += 1
            if let elements = value.array {
                waiting += elements.prefix(Self.maximumObjects)
            } else if value.object != nil {
                add(value)
                if let graph = value["@graph"] { waiting.append(graph) }
                // A page of type WebPage may hold its article in itself.
                if let entity = value["mainEntity"], entity.object != nil { waiting.append(entity) }
            }
        }
    }

    private mutating func add(_ object: JSONValue) {
        if let name = object["@id"]?.string, places[name] == nil { places[name] = objects.count }
        objects.append(object)
    }

    // MARK: - Reading a block

    private static func read(_ block: ArraySlice<UInt8>) -> JSONValue? {
        var bytes = withoutWrapping(block)
        if begins(bytes, with: "{&quot;") || begins(bytes, with: "[{&quot;") {
            // A template escaped it for a place where it does not stand.
            bytes = ArraySlice(HTMLText.plainText(String(decoding: bytes, as: UTF8.self)).utf8)
        }
        guard bytes.first == UInt8(ascii: "{") || bytes.first == UInt8(ascii: "[") else { return nil }
        let mended = withoutFalseEscapes(bytes)
        var limits = JSONLimits()
        limits.depth = maximumDepth
        limits.values = 100_000
        return mended.withUnsafeBytes { try? JSONParser.recover($0, limits: limits).value }
    }

    /// Without what people put around scripts to hide them from something: comments of HTML and of JavaScript, marks of
    /// CDATA sections. What stands behind the value is the reader's concern, which passes over it.
    private static func withoutWrapping(_ block: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let marks: [StaticString] = ["<!--", "<![CDATA[", "//", "/*", "*/", "\u{feff}", ";"]
        var rest = block
        while true {
            rest = rest.drop { $0 <= 0x20 }
            guard let mark = marks.first(where: { begins(rest, with: $0) }) else { return rest }
            rest = rest.dropFirst(mark.utf8CodeUnitCount)
        }
    }

    private static func begins(_ bytes: ArraySlice<UInt8>, with text: StaticString) -> Bool {
        bytes.starts(with: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Without the backslashes that JSON does not know, as in `\'`, which would end the reading.
    private static func withoutFalseEscapes(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.endIndex else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let next = bytes[index + 1]
            if "\"\\/bfnrtu".utf8.contains(next) { result.append(bytes[index]) }
            result.append(next)
            index += 2
        }
        return result
    }
}
