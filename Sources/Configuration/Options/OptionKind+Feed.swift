internal import FeedModel
private import Text

extension OptionKind where Value == FeedAddress {
    /// The URL of a feed, or the path of a local document.
    static var feedAddress: Self {
        Self(
            read: { node, context in
                guard let text = context.text(node) else { return nil }
                let address = FeedAddress.parse(text, relativeTo: context.file.directory)
                guard case .refused(let reason) = address else { return address }
                context.error(reason, at: node)
                return nil
            },
            text: { address in
                switch address {
                case .web(let url, _), .local(_, let url): TOMLText.quoted(URLRedaction.redacted(url))
                case .refused: nil
                }
            })
    }
}

extension OptionKind where Value == [String] {
    /// Words that people give a feed, each once, in whatever case it stands.
    static var tags: Self {
        Self(
            read: { node, context in
                var tags: [String] = []
                var known: Set<TagKey> = []
                for (text, element) in context.texts(node, limit: FeedTags.most) ?? [] {
                    let refusal =
                        text.isEmpty ? "holds an empty tag" : TextRules.refusal(label: text, limit: FeedTags.longest)
                    if let refusal {
                        context.error(refusal, at: element)
                    } else if known.insert(TagKey(text)).inserted {
                        tags.append(text)
                    }
                }
                return tags
            },
            text: TOMLText.list)
    }
}

extension OptionKind where Value == [FeedIdentifier] {
    /// Ids that a feed had before, each once.
    static var formerIDs: Self {
        Self(
            read: { node, context in
                var ids: [FeedIdentifier] = []
                for (text, element) in context.texts(node, limit: FeedState.mostFormerIDs) ?? [] {
                    if let refusal = FeedName.refusal(text) {
                        context.error("\(TOMLText.quoted(text)) \(refusal)", at: element)
                    } else if !ids.contains(FeedIdentifier(text)) {
                        ids.append(FeedIdentifier(text))
                    }
                }
                return ids
            }, text: { $0.isEmpty ? nil : TOMLText.list($0.map(\.text)) })
    }
}

/// Secrets that stand in the file itself are refused (contract.md §2), and no message here ever holds what a person
/// wrote as a value.
extension OptionContext {
    private static let forms = "{ credential = \"NAME\" }, { file = \"PATH\" } or { env = \"NAME\" }"

    /// Reads where a secret is found.
    func secret(_ node: TOMLNode) -> Secret? {
        guard node.kind == .table else {
            let what = node.kind == .string ? "a secret must not be written in the file" : "must be a secret"
            error("\(what); write \(Self.forms)", at: node)
            return nil
        }
        guard let child = node.children.first(where: { _ in true }), node.count == 1, let text = child.text else {
            error("must be one of \(Self.forms)", at: node)
            return nil
        }
        switch child.key {
        case "credential":
            let isName = !text.utf8.contains(UInt8(ascii: "/")) && text != "." && text != ".."
            if isName, refusal(text, limit: 255) == nil { return .credential(text) }
            error("credential must be a name, without a slash", at: node)
        case "file":
            guard let refusal = refusal(text, limit: 4095) else { return .file(Path.join(file.directory, text)) }
            error("the path of the file \(refusal)", at: node)
        case "env":
            if refusal(text, limit: 256) == nil, !text.utf8.contains(UInt8(ascii: "=")) { return .environment(text) }
            error("env must name a variable of the environment", at: node)
        default:
            let nearest = EditDistance.nearest(to: child.key, among: ["credential", "file", "env"])
            let advice = nearest.map { "did you mean \($0)?" } ?? "write \(Self.forms)"
            state.error(
                "\(label).\(TOMLText.key(child.key)): there is no such key; \(advice)", at: file.place(node.keyLine))
        }
        return nil
    }

    private func refusal(_ text: String, limit: Int) -> String? {
        if text.isEmpty { return "is empty" }
        if text.utf8.count > limit { return "is longer than \(limit) bytes" }
        return text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) ? "holds a control character" : nil
    }

    func login(_ node: TOMLNode) -> FeedOptions.BasicAuth? {
        guard let node = table(node) else { return nil }
        reportUnknown(in: node, keys: ["user", "password"])
        guard let user = node.member("user"), let password = node.member("password") else {
            error("must be { user = \"NAME\", password = SECRET }, a secret being \(Self.forms)", at: node)
            return nil
        }
        let secret = ofMember("password").secret(password)
        guard let name = ofMember("user", example: "\"me\"").text(user) else { return nil }
        let isName = name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: ":") }
        guard isName, !name.isEmpty, name.utf8.count <= 1024 else {
            ofMember("user").error("must be 1 to 1024 characters without a colon", at: user)
            return nil
        }
        return secret.map { FeedOptions.BasicAuth(user: name, password: $0) }
    }

    func clientCertificate(_ node: TOMLNode) -> FeedOptions.ClientCertificate? {
        guard let node = table(node) else { return nil }
        reportUnknown(in: node, keys: ["cert", "key"])
        let key = node.member("key").flatMap(ofMember("key").secret)
        guard let cert = node.member("cert").flatMap(ofMember("cert", example: "\"PATH\"").path), !cert.isEmpty else {
            error("must be { cert = \"PATH\", key = SECRET }, a secret being \(Self.forms)", at: node)
            return nil
        }
        return FeedOptions.ClientCertificate(cert: cert, key: key)
    }

    private func reportUnknown(in node: TOMLNode, keys: [String]) {
        for child in node.children where !keys.contains(child.key) {
            let advice = Options.advice(forUnknown: child.key, among: keys)
            state.error(
                "\(label).\(Self.shown(child.key)): there is no such key; \(advice)", at: file.place(child.keyLine))
        }
    }
}

extension OptionKind where Value == Secret {
    static var secret: Self { Self(read: { $1.secret($0) }, text: { "\($0)" }) }
}

extension OptionKind where Value == FeedOptions.BasicAuth {
    static var login: Self {
        Self(
            read: { $1.login($0) },
            text: { "{ user = \(TOMLText.quoted($0.user)), password = \($0.password) }" })
    }
}

extension OptionKind where Value == FeedOptions.ClientCertificate {
    static var clientCertificate: Self {
        Self(
            read: { $1.clientCertificate($0) },
            text: { "{ cert = \(TOMLText.quoted($0.cert))\($0.key.map { ", key = \($0)" } ?? "") }" })
    }
}
