/// Reads where a secret is found, and refuses secrets that stand in the file itself (contract.md §2).
///
/// No message here ever holds what a person wrote as a value.
struct SecretReader {
    static let forms = "{ credential = \"NAME\" }, { file = \"PATH\" } or { env = \"NAME\" }"

    let file: ConfigurationFile
    let state: LoadingState

    /// - Parameter label: the key as it stands in messages.
    func read(_ node: TOMLNode, _ label: String) -> Secret? {
        let place = file.place(node.keyLine)
        guard node.kind == .table else {
            let what = node.kind == .string ? "a secret must not be written in the file" : "must be a secret"
            state.error("\(label): \(what); write \(Self.forms)", at: place)
            return nil
        }
        guard let child = node.children.first(where: { _ in true }), node.count == 1, let text = child.text else {
            state.error("\(label): must be one of \(Self.forms)", at: place)
            return nil
        }
        switch child.key {
        case "credential": return credential(text, label, place)
        case "file":
            guard let refusal = Self.refusal(text, limit: 4095) else {
                return .file(Path.join(file.directory, text))
            }
            state.error("\(label): the path of the file \(refusal)", at: place)
        case "env":
            guard Self.refusal(text, limit: 256) == nil, !text.utf8.contains(UInt8(ascii: "=")) else {
                state.error("\(label): env must name a variable of the environment", at: place)
                return nil
            }
            return .environment(text)
        default:
            let nearest = EditDistance.nearest(to: child.key, among: ["credential", "file", "env"])
            let advice = nearest.map { "did you mean \($0)?" } ?? "write \(Self.forms)"
            state.error("\(label).\(TOMLText.key(child.key)): there is no such key; \(advice)", at: place)
        }
        return nil
    }

    private func credential(_ name: String, _ label: String, _ place: SourcePlace) -> Secret? {
        guard Self.refusal(name, limit: 255) == nil, !name.utf8.contains(UInt8(ascii: "/")), name != ".", name != ".."
        else {
            state.error("\(label): credential must be a name, without a slash", at: place)
            return nil
        }
        return .credential(name)
    }

    private static func refusal(_ text: String, limit: Int) -> String? {
        if text.isEmpty { return "is empty" }
        if text.utf8.count > limit { return "is longer than \(limit) bytes" }
        return text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) ? "holds a control character" : nil
    }
}
