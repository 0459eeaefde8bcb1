internal import Publishing

/// Where messages go: a subject, some of whose tokens are those of each article.
struct NATSSubject {
    /// The subject with `*` for each token that differs.
    let pattern: String
    private let tokens: [Substring]
    private let isFixed: Bool

    init(_ text: String) {
        tokens = text.split(separator: ".", omittingEmptySubsequences: false)
        pattern = tokens.map { Self.isPlace($0) ? "*" : $0 }.joined(separator: ".")
        isFixed = !tokens.contains(where: Self.isPlace)
    }

    private static func isPlace(_ token: Substring) -> Bool { token == "{feed}" || token == "{kind}" }

    func of(_ message: BusMessage) -> String {
        if isFixed { return pattern }
        return tokens.map { token in
            switch token {
            case "{feed}": Self.token(message.feed)
            case "{kind}": Self.token(message.kind)
            default: String(token)
            }
        }.joined(separator: ".")
    }

    /// One token of anything: what could have a meaning in a subject is an underscore.
    static func token(_ text: String) -> String {
        let bytes = text.utf8.prefix(255).map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }

    /// How a stream for it is called, which may have no dot.
    var streamName: String { Self.token(tokens.filter { !Self.isPlace($0) }.joined(separator: "_")).uppercased() }
}
