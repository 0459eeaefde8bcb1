internal import Text

extension WebFields {
    /// So many fields are read of a query or a form; what comes behind them is not.
    private static let most = 20_000

    /// Reads a query or a form (`application/x-www-form-urlencoded`): fields are separated by `&`, a plus is a blank, and what
    /// was percent-encoded is decoded. What is wrong stands for itself, and what is no UTF-8 has U+FFFD in its place, as
    /// browsers read it; nothing is refused.
    package init(encoded text: some Collection<UInt8>) {
        var all: [Field] = []
        for part in text.split(separator: UInt8(ascii: "&"), maxSplits: Self.most).prefix(Self.most) {
            let equals = part.firstIndex(of: UInt8(ascii: "="))
            let name = part[..<(equals ?? part.endIndex)]
            let value = equals.map { part[part.index(after: $0)...] }
            var field = Field(Self.decoded(name), "")
            if let value { field.value = Self.decoded(value) }
            all.append(field)
        }
        self.init(all)
    }

    private static func decoded(_ text: some Collection<UInt8>) -> String {
        guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(decoding: text, as: UTF8.self)
        }
        let spaced = text.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }
        return String(
            decoding: spaced.withUnsafeBufferPointer { PercentEncoding.decodedLeniently($0[...]) }, as: UTF8.self)
    }
}

extension WebRequest {
    /// The fields of the body where that is a form; none where it is something else.
    package var form: WebFields {
        guard let type = headers["content-type"] else { return WebFields() }
        return MediaType(type).essence == "application/x-www-form-urlencoded"
            ? WebFields(encoded: body) : WebFields()
    }
}
