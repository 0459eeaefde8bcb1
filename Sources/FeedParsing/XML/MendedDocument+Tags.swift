private import Text

extension MendedDocument {
    /// Makes a tag of what the repair has written, and tells what it has not, or may have written otherwise.
    ///
    /// - Parameters:
    ///   - original: the document, with the tag as it was written.
    ///   - mark: where that begins.
    static func tag(
        _ output: UnsafeBufferPointer<UInt8>, _ scanner: TagScanner,
        writtenAs original: UnsafeBufferPointer<UInt8>, at mark: Int
    ) -> Tag {
        var tag = Tag(name: local(output, scanner.name), attributes: [:], isWhole: true)
        var scanner = scanner
        scanner.rewind()
        var count = 0
        while let attribute = scanner.nextAttribute() {
            count += 1
            let name = UnsafeBufferPointer(rebasing: output[attribute.name])
            if name.contains(UInt8(ascii: ":")) { continue }
            let key = String(decoding: name, as: UTF8.self).lowercased()
            let value = decoded(
                UnsafeBufferPointer(rebasing: output[attribute.value].prefix(XMLAttributes.longestValue)))
            if let other = tag.attributes[key] {
                guard other != value else { continue }
                tag.isWhole = false
                tag.doubtful.insert(key)
            } else {
                tag.attributes[key] = value
            }
        }
        var written = TagScanner(original, at: mark)
        if case .tag = written.scan(DeadEnds(), offset: 0), written.isClean { return tag }
        // The repair leaves out what has no name that XML takes, and what stands there twice.
        written.rewind()
        var writtenCount = 0
        var seen: Set<String> = []
        var end = written.name.upperBound
        while let attribute = written.nextAttribute() {
            writtenCount += 1
            let key = String(decoding: original[attribute.name], as: UTF8.self).lowercased()
            if !seen.insert(key).inserted || !isSure(attribute, original) { tag.doubtful.insert(key) }
            // A slash that ends nothing, a word without a value, or quotation marks in a value without them: here letters
            // were lost or put in, and what was meant is not to be known.
            let hasSlash = original[min(end, attribute.name.lowerBound)..<attribute.name.lowerBound].contains(0x2f)
            if hasSlash || !isQuoted(attribute, original) && !isPlainWord(attribute, original) { tag.isWhole = false }
            end = attribute.value.upperBound
        }
        if writtenCount > count { tag.isWhole = false }
        return tag
    }

    private static func isQuoted(_ attribute: TagScanner.Attribute, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let (start, end) = (attribute.value.lowerBound - 1, attribute.value.upperBound)
        guard start > attribute.name.upperBound, end < text.count, text[start] == text[end] else { return false }
        return text[start] == UInt8(ascii: "\"") || text[start] == UInt8(ascii: "'")
    }

    /// Whether a value without quotation marks around it has none in it either, and is not empty.
    private static func isPlainWord(_ attribute: TagScanner.Attribute, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let value = text[attribute.value]
        // A word processor has made its own quotation marks of them.
        let isTypographic = value.indices.contains { index in
            value[index...].starts(with: [0xe2, 0x80]) && index + 2 < value.endIndex && value[index + 2] & 0xf8 == 0x98
        }
        return !value.isEmpty && !isTypographic && !value.contains { "\"'<".utf8.contains($0) }
    }

    /// Whether an attribute of a tag that has something wrong in it stands apart from that: between blanks, and quoted.
    private static func isSure(_ attribute: TagScanner.Attribute, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard isQuoted(attribute, text), attribute.name.lowerBound > 0, text[attribute.name.lowerBound - 1].isXMLSpace,
            !text[attribute.value].contains(UInt8(ascii: "<"))
        else { return false }
        let next = attribute.value.upperBound + 1
        guard next < text.count else { return true }
        return text[next].isXMLSpace || text[next] == UInt8(ascii: "/") || text[next] == UInt8(ascii: ">")
    }
}
