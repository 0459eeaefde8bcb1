private import Text

/// The attributes of one start tag, in libxml2's memory: valid only while the event is handled.
struct XMLAttributes {
    private let base: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    let count: Int

    static var none: XMLAttributes { XMLAttributes(nil, count: 0) }

    /// - Parameter base: five pointers for each: name, prefix, URI, begin and end of the value.
    init(_ base: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, count: Int) {
        self.base = base
        self.count = base == nil ? 0 : max(0, count)
    }

    var isEmpty: Bool { count == 0 }

    func name(_ index: Int) -> UnsafePointer<UInt8>? { base?[index * 5] }
    func prefix(_ index: Int) -> UnsafePointer<UInt8>? { base?[index * 5 + 1] }

    func value(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        guard let base, let start = base[index * 5 + 3], let end = base[index * 5 + 4], end >= start else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(start: start, count: end - start)
    }

    /// What a value may have in bytes; a longer one is as good as none.
    static let longestValue = 64 * 1024

    /// Whether any value is longer than what is read of one.
    var hasOversizedValue: Bool {
        for index in 0..<count where value(index).count > Self.longestValue { return true }
        return false
    }

    /// The trimmed value of the attribute of that local name, in any namespace but XML's own; letters are compared
    /// without regard to case. Nil where there is none; an empty one is an empty text.
    ///
    /// - Parameter name: in lower case.
    func callAsFunction(_ name: StaticString, limit: Int = longestValue) -> String? {
        for index in 0..<count where self.name(index).equalsIgnoringCase(name) && !isXML(index) {
            let value = value(index).trimmed
            // Too long for what it is; what is cut off would be worse.
            return value.count > limit ? nil : Self.text(value)
        }
        return nil
    }

    /// `xml:base`, `xml:lang`.
    func xml(_ name: StaticString) -> String? {
        for index in 0..<count where isXML(index) && self.name(index).equalsIgnoringCase(name) {
            let value = value(index).trimmed
            // A longer base would be copied into every URL.
            return value.count > 2048 ? nil : Self.text(value)
        }
        return nil
    }

    /// An ampersand in a value is left to whoever builds a tree of it: libxml2 passes it on as `&#38;`, and only so.
    static let ampersand: StaticString = "&#38;"

    private static func text(_ value: UnsafeBufferPointer<UInt8>) -> String {
        guard value.contains(UInt8(ascii: "&")) else { return String(decoding: value, as: UTF8.self) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(value.count)
        var index = 0
        while index < value.count {
            bytes.append(value[index])
            index += value.hasPrefixIgnoringCase(ampersand, at: index) ? ampersand.utf8CodeUnitCount : 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func text(_ index: Int) -> String { Self.text(value(index)) }

    /// The namespace of an attribute that has a prefix.
    func uri(_ index: Int) -> UnsafePointer<UInt8>? { base?[index * 5 + 2] }

    /// Whether any attribute is of XML's own namespace.
    var hasXMLAttributes: Bool {
        for index in 0..<count where isXML(index) { return true }
        return false
    }

    func isXML(_ index: Int) -> Bool {
        guard let prefix = prefix(index) else { return false }
        return prefix[0] == UInt8(ascii: "x") && prefix[1] == UInt8(ascii: "m") && prefix[2] == UInt8(ascii: "l")
            && prefix[3] == 0
    }
}

extension UnsafePointer<UInt8>? {
    /// Compares a text that ends in a NUL.
    ///
    /// - Parameter text: in lower case.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard let self else { return false }
        let expected = text.utf8Start
        var index = 0
        while index < text.utf8CodeUnitCount {
            // A NUL is never expected, so that nothing behind it is looked at.
            if self[index].asciiLowercased != expected[index] { return false }
            index += 1
        }
        return self[index] == 0
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The bytes without white space at either end.
    var trimmed: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: trimming { $0.isASCIISpaceOrControl })
    }
}

/// Which names the XML parser takes: it stops at others for good.
enum XMLName {
    /// Whether it is a name of XML 1.0 with at most one colon, and something that begins a name on both sides of it.
    static func isQualifiedName(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = name.first, first.beginsName else { return false }
        var colon = -1
        var isASCII = true
        for index in 0..<name.count {
            let byte = name[index]
            if byte == UInt8(ascii: ":") {
                guard colon < 0, index + 1 < name.count, name[index + 1].beginsName else { return false }
                colon = index
            } else if byte >= 0x80 {
                isASCII = false
            } else if !byte.continuesName {
                return false
            }
        }
        return isASCII || hasNameCharacters(name)
    }

    private static func hasNameCharacters(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var begins = true
        for scalar in String(decoding: name, as: UTF8.self).unicodeScalars {
            if scalar.value >= 0x80, !allows(scalar.value, begins: begins) { return false }
            begins = scalar == ":"
        }
        return true
    }

    private static func allows(_ scalar: UInt32, begins: Bool) -> Bool {
        switch scalar {
        case 0xc0...0xd6, 0xd8...0xf6, 0xf8...0x2ff, 0x370...0x37d, 0x37f...0x1fff, 0x200c...0x200d, 0x2070...0x218f,
            0x2c00...0x2fef, 0x3001...0xd7ff, 0xf900...0xfdcf, 0xfdf0...0xfffd, 0x1_0000...0xe_ffff:
            true
        case 0xb7, 0x300...0x36f, 0x203f...0x2040: !begins
        default: false
        }
    }
}

extension UInt8 {
    /// Whether a name may begin with it; beyond ASCII that is a question for the whole character.
    var beginsName: Bool { isASCIILetter || self == 0x5f || self >= 0x80 }

    /// Whether it may stand in a qualified name.
    var continuesName: Bool {
        isASCIIAlphanumeric || self >= 0x80 || self == 0x5f || self == 0x2d || self == 0x2e || self == 0x3a
    }
}

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
