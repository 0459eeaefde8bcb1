private import Text

extension OptionKind where Value == [HeaderField] {
    static func headers(of request: HeaderRules.Request) -> Self {
        Self(
            read: { $1.headers($0, of: request) },
            text: { headers in
                let fields = headers.map { "\(TOMLText.key($0.name)) = \($0.value.toml)" }
                return fields.isEmpty ? nil : "{ \(fields.joined(separator: ", ")) }"
            })
    }
}

extension OptionContext {
    /// Header fields in the order of the file; what is wrong is reported and left out.
    fileprivate func headers(_ node: TOMLNode, of request: HeaderRules.Request) -> [HeaderField]? {
        guard let node = table(node) else { return nil }
        guard node.count <= HeaderRules.most else {
            error("may be \(HeaderRules.most), not \(node.count)", at: node)
            return nil
        }
        var names: Set<String> = []
        return node.children.compactMap { child in
            guard HeaderRules.isToken(child.key) else {
                error("\(TOMLText.quoted(child.key)) is no name of a header", at: child)
                return nil
            }
            let context = ofMember(child.key)
            let refusal =
                HeaderRules.refusal(ofName: child.key, in: request)
                ?? (names.insert(child.key.lowercased()).inserted ? nil : "stands here twice")
            if let refusal {
                context.error(refusal, at: child)
                return nil
            }
            return context.header(child).map { HeaderField(name: child.key, value: $0) }
        }
    }

    private func header(_ node: TOMLNode) -> TextOrSecret? {
        guard let text = node.text, !HeaderRules.holdsSecret(node.key) else { return secret(node).map { .secret($0) } }
        if HeaderRules.isValue(text) { return .text(text) }
        error("holds a control character or is longer than 8192 bytes", at: node)
        return nil
    }
}

/// `HeaderRules` say which header fields a person may have sent. Names are compared without regard to case.
package enum HeaderRules {
    /// `Request` is what the header goes with.
    package enum Request: Sendable {
        /// A request for the document of a feed.
        case feed
        /// A request that brings articles somewhere.
        case delivery
    }

    /// The most headers that a feed or a delivery may have.
    package static let most = 100

    /// What newswire or libcurl says itself in each request; a second one would contradict it.
    private static let reserved: Set<String> = [
        "host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "expect",
    ]
    private static let reservedOfFeeds: Set<String> = [
        "range", "if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "accept-encoding",
    ]
    private static let reservedOfDeliveries: Set<String> = [
        "content-type", "content-encoding", "webhook-id", "webhook-timestamp", "webhook-signature",
    ]
    private static let secret: Set<String> = ["authorization", "cookie", "proxy-authorization"]

    /// Returns why a header of this name cannot be sent, or nil where it can.
    package static func refusal(ofName name: String, in request: Request) -> String? {
        let name = name.lowercased()
        if request == .feed, name == "user-agent" { return "write user_agent = \"…\" instead" }
        let others = request == .feed ? reservedOfFeeds : reservedOfDeliveries
        return reserved.contains(name) || others.contains(name) ? "newswire sends this header itself" : nil
    }

    /// Tells whether the value of a header of this name has to be a secret, wherever a person writes it.
    package static func holdsSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return secret.contains(name) || name.hasSuffix("-key") || name.hasSuffix("-token") || name.hasSuffix("-secret")
    }

    /// Tells whether it is a token of RFC 9110 §5.1.
    package static func isToken(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 256
            && name.utf8.allSatisfy { $0.isASCIIAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains($0) }
    }

    /// Tells whether a text can be the value of a header.
    package static func isValue(_ text: String) -> Bool {
        text.utf8.count <= 8192
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\t") }
    }
}
