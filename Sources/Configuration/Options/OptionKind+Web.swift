private import Text
internal import Web

extension OptionKind where Value == [WebListener] {
    /// Places to listen on, at least one, none twice.
    static var listeners: Self {
        Self(
            example: "[\"127.0.0.1:8473\"]",
            read: { node, context in
                guard let texts = context.texts(node, limit: 16) else { return nil }
                guard !texts.isEmpty else {
                    context.error("is empty; leave it out for \(WebListener.standard)", at: node)
                    return nil
                }
                var listeners: [WebListener] = []
                for (text, element) in texts {
                    switch WebListener.read(text) {
                    case .failure(let refusal):
                        context.error("\(OptionContext.shown(text)) \(refusal.message)", at: element)
                        return nil
                    case .success(let listener) where listeners.contains(listener):
                        context.error("\(OptionContext.shown(text)) stands here twice", at: element)
                        return nil
                    case .success(let listener): listeners.append(listener)
                    }
                }
                return listeners
            },
            text: { TOMLText.list($0.map(\.description)) })
    }
}

extension OptionKind where Value == [WebSettings.Proxy] {
    /// Addresses, networks and `"unix"`.
    static var proxies: Self {
        Self(
            example: "[\"127.0.0.1\", \"unix\"]",
            read: { node, context in
                context.texts(node, limit: 256)?.compactMap { text, element in
                    if text == "unix" { return .unixSocket }
                    if let block = AddressBlock(text) { return .block(block) }
                    context.error(
                        "\(OptionContext.shown(text)) is no address, no network such as 10.0.0.0/8 and not \"unix\"",
                        at: element)
                    return nil
                }
            },
            text: { proxies in
                TOMLText.list(
                    proxies.map { proxy in
                        switch proxy {
                        case .unixSocket: "unix"
                        case .block(let block): block.description
                        }
                    })
            })
    }
}

extension OptionKind where Value == [String] {
    /// Names of hosts, which are read in lower case.
    static var hostNames: Self {
        Self(
            read: { node, context in
                context.texts(node, limit: 256)?.compactMap { text, element in
                    let name = text.lowercased()
                    let isName =
                        (1...253).contains(name.utf8.count) && !name.hasPrefix(".")
                        && name.utf8.allSatisfy { $0.isASCIIAlphanumeric || ".-_".utf8.contains($0) }
                    if isName || IPAddress(name) != nil { return name }
                    context.error(
                        "\(OptionContext.shown(text)) is no name of a host; write it without a scheme and a port",
                        at: element)
                    return nil
                }
            },
            text: TOMLText.list)
    }
}

extension OptionKind where Value == UInt32 {
    /// The mode of a socket in octal digits, without the right to execute.
    static var socketMode: Self {
        Self(
            read: { node, context in
                guard let text = context.text(node) else { return nil }
                if (3...4).contains(text.utf8.count), let mode = UInt32(text, radix: 8), mode & ~0o666 == 0,
                    mode & 0o600 == 0o600
                {
                    return mode
                }
                context.error(
                    "must be octal digits such as \"0660\" or \"0666\", with 6 for the owner and without the right to execute",
                    at: node)
                return nil
            },
            text: { mode in
                let digits = String(mode, radix: 8)
                return TOMLText.quoted(String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits)
            })
    }
}

extension OptionKind where Value == String {
    /// A path that others lie below; empty for the root, and without a slash at its end.
    static var basePath: Self {
        Self(
            read: { node, context in
                guard let text = context.text(node) else { return nil }
                let parts = text.split(separator: "/")
                let isPath =
                    text.hasPrefix("/") && text.utf8.count <= 256 && !text.contains("//")
                    && parts.allSatisfy { part in
                        part != "." && part != ".."
                            && part.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-._~".utf8.contains($0) }
                    }
                if isPath { return parts.map { "/\($0)" }.joined() }
                context.error(
                    "must be \"/\", or a path such as \"/news\" of letters, digits, hyphens, dots and underscores",
                    at: node)
                return nil
            },
            text: { TOMLText.quoted($0.isEmpty ? "/" : $0) })
    }

    /// The name of a header; empty for none.
    static var headerName: Self {
        text { text in
            // A header that says something else already would make everybody who sends it somebody.
            let taken = [
                "authorization", "x-auth-token", "host", "origin", "cookie", "content-length", "transfer-encoding",
                "connection", "x-forwarded-for", "forwarded",
            ]
            if text.isEmpty { return nil }
            guard HeaderRules.isToken(text) else { return "is no name of a header" }
            return taken.contains(text.lowercased()) ? "says something else; take one such as \"X-Remote-User\"" : nil
        }
    }
}

/// What an account may be called.
enum WebAccountName {
    static func refusal(_ text: String) -> String? {
        // It is the name of a folder, too.
        let isName =
            (1...64).contains(text.utf8.count) && !text.hasPrefix(".")
            && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "._-".utf8.contains($0) }
        return isName ? nil : "must be 1 to 64 letters, digits, dots, underscores and hyphens, no dot first"
    }
}
