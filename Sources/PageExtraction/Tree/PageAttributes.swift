internal import FeedParsing
private import Text

/// What the attributes of a tag say that the rules ask of every element.
struct PageAttributes {
    private(set) var flags: PageTree.Flags = []
    private(set) var className: Range<Int>?
    private(set) var idName: Range<Int>?

    private let bytes: UnsafeBufferPointer<UInt8>
    private let tag: HTMLTokenizer.Tag
    private let isLink: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>, of tag: HTMLTokenizer.Tag, isLink: Bool) {
        self.bytes = bytes
        self.tag = tag
        self.isLink = isLink
    }

    /// Of attributes that stand there twice the first counts, as in browsers, where it matters.
    mutating func read() {
        var attributes = HTMLAttributes(bytes, in: tag.attributes)
        var count = 0
        while let attribute = attributes.next(), count < PageLimits.attributes {
            count += 1
            take(bytes[attribute.name], attribute.value.prefix(PageLimits.attributeBytes))
        }
    }

    private mutating func take(_ name: Slice<UnsafeBufferPointer<UInt8>>, _ value: Range<Int>) {
        switch name.count {
        case 2: if idName == nil, Self.isName(name, "id") { idName = value }
        case 4:
            if isLink, Self.isName(name, "href"), !value.isEmpty { flags.insert(.link) }
            if Self.isName(name, "role") { takeRole(value) }
        case 5:
            if className == nil, Self.isName(name, "class") { className = value }
            if Self.isName(name, "style"), hidesAll(value) { flags.insert(.hidden) }
        case 6: if Self.isName(name, "hidden"), !isValue(value, "false") { flags.insert(.hidden) }
        case 8:
            guard Self.isName(name, "itemprop") else { return }
            flags.insert(.itemprop)
            if isValue(value, "articlebody") { flags.insert(.articleBody) }
        case 11: if Self.isName(name, "aria-hidden"), isValue(value, "true") { flags.insert(.hidden) }
        default: break
        }
    }

    private mutating func takeRole(_ value: Range<Int>) {
        if isValue(value, "article") { flags.insert(.articleRole) }
        if isValue(value, "main") { flags.insert(.mainRole) }
        if isValue(value, "heading") { flags.insert(.headingRole) }
        if Self.rolesBeside.contains(where: { isValue(value, $0) }) { flags.insert(.besideRole) }
    }

    private static let rolesBeside: [StaticString] = [
        "navigation", "banner", "complementary", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar",
        "toolbar", "tablist", "alert", "status",
    ]

    /// Whether a style says `display: none`.
    private func hidesAll(_ value: Range<Int>) -> Bool {
        var index = value.lowerBound
        while let found = UnsafeBufferPointer(rebasing: bytes[index..<value.upperBound]).firstIndex(
            of: UInt8(ascii: ":"))
        {
            let colon = index + found
            index = colon + 1
            guard colon - 7 >= value.lowerBound else { continue }
            var start = colon
            while start > value.lowerBound, bytes[start - 1] <= 0x20 { start -= 1 }
            guard start - 7 >= value.lowerBound, Self.isName(bytes[start - 7..<start], "display") else { continue }
            while index < value.upperBound, bytes[index] <= 0x20 { index += 1 }
            if index + 4 <= value.upperBound, Self.isName(bytes[index..<index + 4], "none") { return true }
        }
        return false
    }

    private func isValue(_ value: Range<Int>, _ text: StaticString) -> Bool { Self.isName(bytes[value], text) }

    /// Whether they are that text, in any case.
    ///
    /// - Parameter text: in lower case.
    static func isName(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        var offset = 0
        for byte in bytes {
            if byte.asciiLowercased != text.utf8Start[offset] { return false }
            offset += 1
        }
        return true
    }
}
