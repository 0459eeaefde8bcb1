private import Text
internal import Web

extension OptionKind where Value == BusURL {
    /// The URL of a bus.
    static var bus: Self {
        Self(
            read: { node, context in
                guard let text = context.text(node) else { return nil }
                do throws(BusURL.Problem) {
                    return try BusURL(text)
                } catch {
                    context.error(error.message, at: node)
                    return nil
                }
            },
            text: { TOMLText.quoted($0.written) })
    }
}

extension OptionKind where Value == [PublishSettings.Extra] {
    /// A table of names and texts, numbers, truths and secrets, which the library of a bus understands.
    static var busOptions: Self {
        Self(
            read: { node, context in
                guard let node = context.table(node) else { return nil }
                guard node.count <= PublishSettings.mostExtras else {
                    context.error("may be \(PublishSettings.mostExtras), not \(node.count)", at: node)
                    return nil
                }
                return node.children.compactMap { child in
                    context.busOption(child).map { PublishSettings.Extra(name: child.key, value: $0) }
                }
            },
            text: { extras in
                let fields = extras.map { "\(TOMLText.key($0.name)) = \($0.value.toml)" }
                return fields.isEmpty ? nil : "{ \(fields.joined(separator: ", ")) }"
            })
    }
}

extension OptionContext {
    fileprivate func busOption(_ node: TOMLNode) -> PublishSettings.Value? {
        let context = ofMember(TOMLText.key(node.key), example: "\"zstd\"")
        if let refusal = PublishPlace.refusal(ofOption: node.key) {
            context.error(refusal, at: node)
            return nil
        }
        if node.kind == .table || PublishPlace.holdsSecret(node.key) { return context.secret(node).map { .secret($0) } }
        if let number = node.integer { return .text(String(number)) }
        if let truth = node.boolean { return .text(truth ? "true" : "false") }
        guard let text = context.text(node) else { return nil }
        guard text.utf8.count <= 4096, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            context.error("is longer than 4096 bytes, or holds a control character", at: node)
            return nil
        }
        return .text(text)
    }
}

/// What may be said of a place on a bus.
enum PublishPlace {
    /// Why no bus has such a place; what only one of them refuses is checked when its URL is known.
    static func refusal(ofPlace text: String) -> String? {
        guard !text.isEmpty, text.utf8.count <= 255 else { return "must have 1 to 255 bytes" }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return "holds a control character" }
        return nil
    }

    static func refusal(ofUser text: String) -> String? {
        let isName = !text.isEmpty && text.utf8.count <= 1024 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
        return isName ? nil : "must be 1 to 1024 bytes without control characters"
    }

    /// Why a place cannot be one on a bus of that kind; nil where it can.
    static func refusal(_ to: String, on kind: BusURL.Kind) -> String? {
        switch kind {
        case .nats:
            let tokens = to.split(separator: ".", omittingEmptySubsequences: false)
            let areRight = tokens.allSatisfy { token in
                token == "{feed}" || token == "{kind}"
                    || !token.isEmpty && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"*>{}".utf8.contains($0) }
            }
            return areRight && !to.hasPrefix("$")
                ? nil : "is no subject: tokens such as newswire.{feed}.{kind}, without blanks, * and >"
        case .kafka:
            let isTopic =
                to.utf8.count <= 249 && to != "." && to != ".."
                && to.utf8.allSatisfy { $0.isASCIIAlphanumeric || "._-".utf8.contains($0) }
            return isTopic ? nil : "is no topic: at most 249 letters, digits, dots, underscores and hyphens"
        case .postgresql:
            let parts = to.split(separator: ".", omittingEmptySubsequences: false)
            let isTable = parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.utf8.count <= 63 }
            return isTable
                ? nil : "is no table: a name of at most 63 bytes, or one with its schema, such as news.articles"
        case .redis: return nil
        }
    }

    /// What newswire itself says to librdkafka, or promises: that nothing is lost, and that a certificate is verified.
    private static let own: Set<String> = [
        "bootstrap.servers", "metadata.broker.list", "acks", "request.required.acks", "enable.idempotence",
        "security.protocol", "enable.ssl.certificate.verification", "ssl.endpoint.identification.algorithm",
        "enable.gapless.guarantee", "delivery.report.only.error", "message.timeout.ms", "delivery.timeout.ms",
        "max.in.flight", "max.in.flight.requests.per.connection", "plugin.library.paths", "test.mock.num.brokers",
        "sasl.username", "sasl.password", "sasl.kerberos.kinit.cmd", "client.id", "transactional.id",
    ]

    static func refusal(ofOption name: String) -> String? {
        guard !name.isEmpty, name.utf8.count <= 128,
            name.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "._-".utf8.contains($0) })
        else { return "is no name of an option" }
        return own.contains(name.lowercased()) ? "newswire itself says that" : nil
    }

    /// Whether the value of an option has to be a secret.
    static func holdsSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.contains("password") || name.contains("secret") || name.hasSuffix("key.pem")
            || name.hasSuffix("oauthbearer.config")
    }

    /// The options of a bus; nil where its library knows them.
    static func options(of kind: BusURL.Kind) -> [String]? {
        switch kind {
        case .nats: ["replicas", "domain"]
        case .kafka: nil
        case .postgresql: []
        case .redis: ["maxlen"]
        }
    }
}
