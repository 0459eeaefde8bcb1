/// HTML reduced to what may be shown without danger (security.md §9).
///
/// Kept are the elements, attributes, URL schemes and CSS properties of `HTMLAllowList`; of other elements the text
/// stays, of `script`, `style` and their like nothing. What makes the result safe is how it is written: only names
/// from the lists, every value quoted, every `<`, `>` and `&` escaped, elements closed in order, no comments, nothing
/// that a browser reads by other rules than these.
package enum HTMLSanitizer {
    /// - Parameter baseURL: what relative URLs are made absolute against; nil leaves them relative.
    package static func sanitize(_ html: String, baseURL: String?) -> String {
        var html = html
        let result: [UInt8]? = html.withUTF8 { bytes in
            if !bytes.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") || $0 < 0x20 }) {
                guard bytes.contains(UInt8(ascii: ">")) || bytes.contains(0xc2) else { return nil }
                var writer = SanitizedHTML()
                writer.text(bytes)
                return writer.bytes
            }
            let events = SanitizerEvents(baseURL: baseURL)
            // libxml2 takes a zero for the end.
            if bytes.contains(0) {
                bytes.filter { $0 != 0 }.withUnsafeBytes { HTMLEventReader.read($0, into: events) }
            } else {
                HTMLEventReader.read(UnsafeRawBufferPointer(bytes), into: events)
            }
            return events.finish()
        }
        return result.map { String(decoding: $0, as: UTF8.self) } ?? html
    }
}

/// Decides what of libxml2's events is written.
private final class SanitizerEvents: HTMLEvents {
    /// libxml2 compares each end tag with all that is open: what is nested deeper is left out with all that follows.
    private static let maximumDepth = 400

    private let baseURL: String?
    private var output = SanitizedHTML()
    private var depth = 0
    /// Elements that are open and written.
    private var open: [HTMLName] = []
    /// How many elements are open of which nothing is written, contents included.
    private var hidden = 0

    init(baseURL: String?) {
        self.baseURL = baseURL
    }

    func finish() -> [UInt8] {
        while let name = open.popLast() { output.endTag(name) }
        return output.bytes
    }

    override func start(_ name: UnsafePointer<UInt8>, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?) {
        depth += 1
        guard depth <= Self.maximumDepth else {
            isDone = true
            return
        }
        let element = HTMLName(zeroTerminated: name)
        if HTMLAllowList.hidden.contains(element) { hidden += 1 }
        guard hidden == 0, HTMLAllowList.elements.contains(element) else { return }
        output.beginTag(element)
        if let attributes { write(attributes, of: element) }
        output.finishTag()
        if !HTMLAllowList.void.contains(element) { open.append(element) }
    }

    override func end(_ name: UnsafePointer<UInt8>) {
        depth -= 1
        let element = HTMLName(zeroTerminated: name)
        if HTMLAllowList.hidden.contains(element) {
            hidden = max(0, hidden - 1)
        } else if hidden == 0, open.last == element {
            open.removeLast()
            output.endTag(element)
        }
    }

    override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        if hidden == 0 { output.text(bytes) }
    }

    private func write(_ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>, of element: HTMLName) {
        var attribute = attributes
        var seen: [HTMLName] = []
        while let found = attribute[0] {
            let name = HTMLName(zeroTerminated: found)
            let value = attribute[1]
            attribute += 2
            guard let kind = HTMLAllowList.kind(of: name, on: element), !seen.contains(name) else { continue }
            seen.append(name)
            guard let value else {
                output.attribute(name, UnsafeBufferPointer(start: nil, count: 0))
                continue
            }
            var count = 0
            while value[count] != 0 { count += 1 }
            write(name, UnsafeBufferPointer(start: value, count: count), kind)
        }
    }

    private func write(_ name: HTMLName, _ value: UnsafeBufferPointer<UInt8>, _ kind: HTMLAllowList.AttributeKind) {
        var safe: [UInt8] = []
        switch kind {
        case .text:
            output.attribute(name, value)
            return
        case .url: guard HTMLSafeURL.append(value, base: baseURL, allowingImages: false, to: &safe) else { return }
        case .image: guard HTMLSafeURL.append(value, base: baseURL, allowingImages: true, to: &safe) else { return }
        case .sourceSet: guard HTMLSafeURL.appendSourceSet(value, base: baseURL, to: &safe) else { return }
        case .style:
            CSSDeclarations.appendSafe(value, to: &safe)
            if safe.isEmpty { return }
        }
        safe.withUnsafeBufferPointer { output.attribute(name, $0) }
    }
}
