/// Makes the relative URLs in HTML absolute and leaves every other byte as it is.
enum HTMLRewriter {
    /// The HTML with the relative URLs of its attributes resolved against `base`, or the base that it gives itself.
    ///
    /// What cannot be resolved stays as written, and so does a URL that has a scheme, whichever it is, and what would make
    /// the text many times as long (`ResolutionBudget`). Linear in time, whatever the input; no tree is built.
    static func absolutizing(_ html: String, base: String?) -> String {
        mayFindRelativeURL(in: html) ? rewriting(html, base: base) : html
    }

    /// Tells most HTML without a tag or a relative URL from the rest: most feeds have no other.
    static func mayFindRelativeURL(in html: String) -> Bool {
        var html = html
        return html.withUTF8 { $0.first(UInt8(ascii: "<"), from: 0) != nil && RelativeURLScan.mayFind(in: $0) }
    }

    /// The same as `absolutizing` for HTML that may hold a relative URL.
    static func rewriting(_ html: String, base: String?) -> String {
        var html = html
        var outer = base ?? ""
        let rewritten: String? = html.withUTF8 { bytes in
            if var own = BaseElement.url(in: bytes, base: base) {
                return own.withUTF8 { own in outer.withUTF8 { rewrite(bytes, own, outer: $0) } }
            }
            return outer.isEmpty ? nil : outer.withUTF8 { rewrite(bytes, $0, outer: $0) }
        }
        return rewritten ?? html
    }

    /// Longer texts are not held once more while they are rewritten.
    private static let longest = 128 * 1024

    /// - Parameter outer: what the base itself is relative to.
    private static func rewrite(
        _ bytes: UnsafeBufferPointer<UInt8>, _ base: UnsafeBufferPointer<UInt8>, outer: UnsafeBufferPointer<UInt8>
    ) -> String? {
        if bytes.count > longest { return rewriteLong(bytes, base, outer: outer) }
        var rewriting = Rewriting(bytes: bytes, base: base, outer: outer, output: .gathered)
        return rewriting.run() ? String(decoding: rewriting.result, as: UTF8.self) : nil
    }

    /// Goes through the text twice: once to know how long it becomes, and once to write it.
    private static func rewriteLong(
        _ bytes: UnsafeBufferPointer<UInt8>, _ base: UnsafeBufferPointer<UInt8>, outer: UnsafeBufferPointer<UInt8>
    ) -> String? {
        var counting = Rewriting(bytes: bytes, base: base, outer: outer, output: .counted)
        guard counting.run() else { return nil }
        return String(unsafeUninitializedCapacity: counting.written) { memory in
            var writing = Rewriting(bytes: bytes, base: base, outer: outer, output: .written(memory))
            _ = writing.run()
            return writing.written
        }
    }
}

private struct Rewriting {
    /// Where the new text goes.
    enum Output {
        case gathered, counted
        case written(UnsafeMutableBufferPointer<UInt8>)
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let base: UnsafeBufferPointer<UInt8>
    /// What the base itself is relative to, where the text gives one.
    let outer: UnsafeBufferPointer<UInt8>
    private let output: Output
    /// What has not gone to the output yet.
    private(set) var result: [UInt8] = []
    /// How much has.
    private(set) var written = 0
    /// Up to here the input is in the result.
    private var copied = 0
    private var decoded: [UInt8] = []
    private var resolved: [UInt8] = []
    private var budget: ResolutionBudget

    init(
        bytes: UnsafeBufferPointer<UInt8>, base: UnsafeBufferPointer<UInt8>, outer: UnsafeBufferPointer<UInt8>,
        output: Output
    ) {
        budget = ResolutionBudget(document: bytes.count)
        self.bytes = bytes
        self.base = base
        self.outer = outer
        self.output = output
    }

    /// - Returns: whether anything had to be changed; if not, there is no output.
    mutating func run() -> Bool {
        var tokenizer = HTMLTokenizer(bytes)
        while let token = tokenizer.next() {
            guard case .tag(let tag) = token, !tag.isEnd, !tag.attributes.isEmpty else { continue }
            var attributes = HTMLAttributes(bytes, of: tag)
            var element: HTMLName?
            while let attribute = attributes.next() {
                // All their names have 3 to 11 letters; this passes over most others without packing them.
                guard attribute.name.count >= 3, attribute.name.count <= 11, !attribute.value.isEmpty else { continue }
                let name = HTMLName(bytes, attribute.name)
                guard let kind = URLAttribute.kind(of: name) else { continue }
                let elementName = element ?? HTMLName(bytes, tag.name)
                element = elementName
                if name == URLAttribute.data, elementName != URLAttribute.object { continue }
                switch kind {
                case .single: rewrite(attribute, elementName == .base ? outer : base)
                case .sourceSet: rewriteSourceSet(attribute)
                }
            }
        }
        guard copied > 0 else { return false }
        append(copied..<bytes.count)
        drain()
        return true
    }

    /// Appends a part of the input as it is.
    private mutating func append(_ range: Range<Int>) {
        if case .gathered = output {
            result.append(contentsOf: bytes[range])
        } else {
            drain()
            drain(UnsafeBufferPointer(rebasing: bytes[range]))
        }
    }

    private mutating func drain() {
        if case .gathered = output { return }
        result.withUnsafeBufferPointer { drain($0) }
        result.removeAll(keepingCapacity: true)
    }

    private mutating func drain(_ text: UnsafeBufferPointer<UInt8>) {
        if case .written(let memory) = output {
            // Of both passes the text is the same, so that there is room; if not, it is cut.
            let room = UnsafeMutableBufferPointer(rebasing: memory[written...])
            _ = room.update(fromContentsOf: text.prefix(room.count))
            written += min(text.count, room.count)
        } else {
            written += text.count
        }
    }

    private mutating func rewrite(_ attribute: HTMLAttributes.Attribute, _ base: UnsafeBufferPointer<UInt8>) {
        // The common case first: a URL with a scheme is left alone without being looked at any further.
        let value = UnsafeBufferPointer(rebasing: bytes[attribute.value])
        if URLParts.schemeLength(value) != nil { return }
        decode(value)
        resolved.removeAll(keepingCapacity: true)
        let done = decoded.withUnsafeBufferPointer {
            URLResolution.resolveRelative($0, base: base, &budget, into: &resolved)
        }
        if done { replace(attribute) }
    }

    /// `srcset`: URLs with descriptors, separated by commas.
    private mutating func rewriteSourceSet(_ attribute: HTMLAttributes.Attribute) {
        decode(UnsafeBufferPointer(rebasing: bytes[attribute.value]))
        resolved.removeAll(keepingCapacity: true)
        var changed = false
        decoded = decoded.withUnsafeBufferPointer { SourceSet.withoutControls($0) }
        decoded.withUnsafeBufferPointer { value in
            for candidate in SourceSet(value) {
                if !resolved.isEmpty { resolved.append(contentsOf: [UInt8(ascii: ","), 0x20]) }
                let url = UnsafeBufferPointer(rebasing: value[candidate.url])
                if URLResolution.resolveRelative(url, base: base, &budget, into: &resolved) {
                    changed = true
                } else {
                    resolved.append(contentsOf: url)
                }
                if !candidate.descriptor.isEmpty {
                    resolved.append(0x20)
                    resolved.append(contentsOf: value[candidate.descriptor])
                }
            }
        }
        if changed { replace(attribute) }
    }

    private mutating func decode(_ value: UnsafeBufferPointer<UInt8>) {
        decoded.removeAll(keepingCapacity: true)
        HTMLEntities.decode(value, inAttribute: true, into: &decoded)
    }

    /// Puts `resolved` in the place of the attribute's value.
    private mutating func replace(_ attribute: HTMLAttributes.Attribute) {
        append(copied..<attribute.value.lowerBound)
        copied = attribute.value.upperBound
        let quote = attribute.quote ?? UInt8(ascii: "\"")
        if attribute.quote == nil { result.append(quote) }
        for byte in resolved {
            switch byte {
            case UInt8(ascii: "&"): result.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "\"") where quote == byte: result.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "'") where quote == byte: result.append(contentsOf: "&#39;".utf8)
            default: result.append(byte)
            }
        }
        if attribute.quote == nil { result.append(quote) }
    }
}

/// The attributes that hold URLs.
enum URLAttribute {
    enum Kind {
        case single, sourceSet
    }

    private static let src = HTMLName("src")
    /// Attributes met most often of those that hold none.
    private static let unrelated =
        ([
            "class", "alt", "title", "style", "width", "height", "rel", "target",
        ] as [StaticString]).map(HTMLName.init(_:))
    static let data = HTMLName("data")
    static let object = HTMLName("object")
    private static let sourceSets = HTMLVocabulary.names(["srcset", "imagesrcset"])
    private static let singles = HTMLVocabulary.names([
        "action", "background", "cite", "classid", "codebase", "data", "dynsrc", "formaction", "href", "icon",
        "longdesc",
        "lowsrc", "manifest", "poster", "profile", "src", "usemap",
    ])

    static func kind(of name: HTMLName) -> Kind? {
        if name == HTMLName.href || name == src { return .single }
        if unrelated.contains(name) { return nil }
        if singles.contains(name) { return .single }
        return sourceSets.contains(name) ? .sourceSet : nil
    }
}
