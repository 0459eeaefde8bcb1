/// Reads `headers = { NAME = "literal" or secret }`.
struct HeaderReader {
    /// What newswire says itself in each request; a second one would contradict it.
    private static let reserved: Set<String> = [
        "host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "expect", "range",
        "if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "accept-encoding",
    ]
    private static let secret: Set<String> = ["authorization", "cookie", "proxy-authorization"]

    let file: ConfigurationFile
    let state: LoadingState

    /// In the order of the file; what is wrong is reported and left out.
    func read(_ node: TOMLNode) -> [HeaderField] {
        guard node.count <= 100 else {
            state.error("[[feed]] headers: may be 100, not \(node.count)", at: file.place(node.keyLine))
            return []
        }
        var names: Set<String> = []
        return node.children.compactMap { child in
            let name = child.key
            let place = file.place(child.keyLine)
            let folded = name.lowercased()
            guard Self.isToken(name) else {
                state.error("[[feed]] headers: \(TOMLText.quoted(name)) is no name of a header", at: place)
                return nil
            }
            let label = "[[feed]] headers.\(name)"
            if folded == "user-agent" {
                state.error("\(label): write user_agent = \"…\" instead", at: place)
                return nil
            }
            guard !Self.reserved.contains(folded) else {
                state.error("\(label): newswire sends this header itself", at: place)
                return nil
            }
            guard names.insert(folded).inserted else {
                state.error("\(label): stands here twice", at: place)
                return nil
            }
            return value(child, folded, label, place).map { HeaderField(name: name, value: $0) }
        }
    }

    private func value(_ node: TOMLNode, _ name: String, _ label: String, _ place: SourcePlace) -> HeaderField.Value? {
        guard let text = node.text, !Self.holdsSecret(name) else {
            return SecretReader(file: file, state: state).read(node, label).map { .secret($0) }
        }
        let isPrintable = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\t") }
        guard isPrintable, text.utf8.count <= 8192 else {
            state.error("\(label): holds a control character or is longer than 8192 bytes", at: place)
            return nil
        }
        return .literal(text)
    }

    /// Whether a header of this name (in lower case) may not be literal.
    static func holdsSecret(_ name: String) -> Bool {
        secret.contains(name) || name.hasSuffix("-key") || name.hasSuffix("-token") || name.hasSuffix("-secret")
    }

    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 256
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
