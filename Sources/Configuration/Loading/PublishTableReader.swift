private import Text
private import Web

/// Reads `[publish]`: a table for each consumer whose articles go to a bus.
struct PublishTableReader {
    let tables: TableReader
    private var file: ConfigurationFile { tables.file }
    private var state: LoadingState { tables.state }

    func read(_ node: TOMLNode) {
        for child in node.children {
            guard child.kind == .table else {
                state.error(
                    "[publish]: \(OptionContext.shown(child.key)) is no consumer; write a table [publish.NAME]",
                    at: file.place(child.keyLine))
                continue
            }
            guard state.publications.count < LoadingState.Limit.publications else {
                return state.error(
                    "[publish]: there are more than \(LoadingState.Limit.publications) tables",
                    at: file.place(child.keyLine))
            }
            readOne(child)
        }
    }

    private func readOne(_ node: TOMLNode) {
        let place = file.place(node.keyLine)
        guard Self.isName(node.key) else {
            return state.error(
                "[publish.\(OptionContext.shown(node.key))]: is called as its consumer: 1 to 64 letters, digits, dots, "
                    + "underscores and hyphens, no dot first", at: place)
        }
        var settings = PublishSettings(name: node.key, source: place)
        let before = state.hasErrors
        let isRight = tables.read(node, into: &settings)
        for child in node.children { settings.lines[child.key] = child.keyLine }
        for (key, what): (StaticString, String) in [
            ("url", "write that of the bus, such as url = \"nats://bus1:4222\""),
            ("to", "write the subject, topic, table or stream that articles go to"),
        ] where node.member(key) == nil {
            error(settings, "\(key)", "is missing; \(what)")
        }
        for key: StaticString in ["feeds", "tags"] {
            // Whoever writes a list means some feeds. A program that has none to write must not get all of them.
            guard let list = node.member(key), list.kind == .array, list.count == 0 else { continue }
            error(settings, "\(key)", "is empty; without it, articles of all feeds come")
        }
        if isRight, let url = settings.url { check(settings, url) }
        if before || !state.hasErrors { state.publications.append(settings) }
    }

    /// What goes with what.
    private func check(_ settings: PublishSettings, _ url: BusURL) {
        let kind = url.kind
        if !settings.to.isEmpty, let refusal = PublishPlace.refusal(settings.to, on: kind) {
            error(settings, "to", refusal)
        }
        if settings.credentials != nil, kind != .nats { error(settings, "credentials", "is for NATS alone") }
        if settings.credentials != nil, settings.password != nil {
            error(settings, "credentials", "and password both say who asks; use one")
        }
        if settings.user != nil, settings.password == nil, kind != .postgresql {
            error(settings, "user", "needs password")
        }
        if settings.password != nil, settings.user == nil, kind != .redis { error(settings, "password", "needs user") }
        if case .environment? = settings.clientCert?.key {
            error(settings, "client_cert", "the key has to be a file or a credential")
        }
        if case .environment? = settings.credentials {
            error(settings, "credentials", "has to be a file or a credential")
        }
        if let known = PublishPlace.options(of: kind) {
            for extra in settings.extras where !known.contains(extra.name) {
                let advice = known.isEmpty ? "it has none" : "there are \(known.joined(separator: " and "))"
                error(
                    settings, "options",
                    "\(TOMLText.key(extra.name)) is no option of \(kind.rawValue)://; \(advice)")
            }
        }
        for extra in settings.extras { checkNumber(extra, settings) }
        if kind == .redis, settings.clientCert != nil { error(settings, "client_cert", "is not for Redis") }
        if !settings.tls {
            for key in ["ca_file", "client_cert"] where settings.lines[key] != nil {
                error(settings, key, "is for a connection with TLS, and this one has none")
            }
            if !url.isLocal {
                state.add(
                    settings.diagnostic(
                        .warning, "tls",
                        "tls: is off: everybody on the way can read the articles"
                            + (settings.secrets.isEmpty ? "" : " and the password") + ", and answer for the bus"))
            }
        }
    }

    private func checkNumber(_ extra: PublishSettings.Extra, _ settings: PublishSettings) {
        let range: ClosedRange<Int>
        switch (settings.url?.kind, extra.name) {
        case (.nats, "replicas"): range = 1...5
        case (.redis, "maxlen"): range = 1...Int.max
        default: return
        }
        guard case .text(let text) = extra.value, let number = Int(text), range.contains(number) else {
            return error(
                settings, "options",
                "\(extra.name) must be a number from \(range.lowerBound)"
                    + (range.upperBound == .max ? " on" : " to \(range.upperBound)"))
        }
    }

    private func error(_ settings: PublishSettings, _ key: String, _ message: String) {
        state.add(settings.diagnostic(.error, key, "\(key): \(message)"))
    }

    /// Whether a consumer may be called so.
    static func isName(_ name: String) -> Bool {
        let name = name.utf8
        return (1...64).contains(name.count) && name.first != UInt8(ascii: ".")
            && name.allSatisfy { $0.isASCIIAlphanumeric || "._-".utf8.contains($0) }
    }
}
