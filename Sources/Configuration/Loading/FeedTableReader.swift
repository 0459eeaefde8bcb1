private import FeedModel

/// Reads one `[[feed]]` table.
struct FeedTableReader {
    let file: ConfigurationFile
    let state: LoadingState

    func read(_ node: TOMLNode) {
        let place = file.place(node.line)
        guard node.kind == .table else {
            return state.error("[[feed]]: must be a table, not \(node.kind.name)", at: place)
        }
        var table = TOMLTable(node, section: .feed, file: file, state: state)
        let address = address(&table, place)
        let id = id(&table)
        let title = table.label("title", "\"A title\"", limit: 4096)
        let tags = tags(&table)
        var overrides = FeedOverrides()
        readRequest(&table, &overrides)
        readCredentials(&table, &overrides, place)
        overrides.interval = table.span("interval", in: SettingsReader.intervals)
        overrides.maxAgeCap = table.span("max_age_cap", in: SettingsReader.freshness)
        overrides.aliases = table.boolean("aliases")
        overrides.updates = table.choice("updates", StoreSettings.Updates.self)
        overrides.enabled = table.boolean("enabled")
        table.finish()

        var feed: PendingFeed
        switch address {
        case .web(let url):
            feed = PendingFeed(url: url, tags: tags, place: place)
        case .local(let path, let url):
            feed = PendingFeed(url: url, localPath: path, tags: tags, place: place)
        case .refused, nil: return
        }
        feed.id = id
        feed.title = title
        feed.overrides = Shared(overrides)
        add(feed)
    }

    private func add(_ feed: PendingFeed) {
        switch state.feeds.add(feed) {
        case .added, .merged: break
        case .sameURL(let other):
            state.error(
                "[[feed]] url: \(URLRedaction.redacted(feed.url)) is already in \(other); two feeds of one URL "
                    + "each need an id = \"…\"",
                at: feed.place)
        case .sameID(let other):
            state.error("[[feed]] id: \(TOMLText.quoted(feed.id ?? "")) is already in \(other)", at: feed.place)
        case .tooMany:
            state.error("[[feed]]: there are more than \(LoadingState.Limit.feeds) feeds", at: feed.place)
        }
    }

    private func address(_ table: inout TOMLTable, _ place: SourcePlace) -> FeedAddress? {
        guard table.node.member("url") != nil else {
            state.error("[[feed]] url: is missing; each feed needs one", at: place)
            return nil
        }
        guard let (text, node) = table.text("url", "\"https://example.org/feed.xml\"") else { return nil }
        let address = FeedAddress.parse(text, relativeTo: file.directory)
        if case .refused(let reason) = address { table.error("url", reason, at: node) }
        return address
    }

    private func id(_ table: inout TOMLTable) -> String? {
        guard let (text, node) = table.text("id", "\"example\"") else { return nil }
        if let refusal = FeedName.refusal(text) {
            table.error("id", refusal, at: node)
            return nil
        }
        return text
    }

    private func tags(_ table: inout TOMLTable) -> [String] {
        var tags: [String] = []
        for (text, node) in table.texts("tags", "[\"defence\"]", limit: 100) ?? [] {
            let refusal = text.isEmpty ? "holds an empty tag" : TOMLTable.refusal(label: text, limit: 128)
            if let refusal {
                table.error("tags", refusal, at: node)
            } else if !tags.contains(text) {
                tags.append(text)
            }
        }
        return tags
    }

    private func readRequest(_ table: inout TOMLTable, _ overrides: inout FeedOverrides) {
        if let (text, node) = table.text("user_agent", "\"name/version (+URL)\"") {
            let isPrintable = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
            if isPrintable, !text.isEmpty, text.utf8.count <= 1024 {
                overrides.userAgent = text
            } else {
                table.error("user_agent", "must be 1 to 1024 printable ASCII characters", at: node)
            }
        }
        if let node = table.table("headers") {
            overrides.headers = HeaderReader(file: file, state: state).read(node)
        }
        overrides.proxy = table.proxy()
        overrides.timeout = table.span("timeout", in: SettingsReader.timeouts)
        overrides.connectTimeout = table.span("connect_timeout", in: SettingsReader.connectTimeouts)
        overrides.privateNetworks = table.privateNetworks()
        overrides.caFile = table.path("ca_file")
        overrides.tlsVerify = table.boolean("tls_verify")
        overrides.http2 = table.boolean("http2")
        overrides.keepAlive = table.boolean("keep_alive")
    }

    private func readCredentials(_ table: inout TOMLTable, _ overrides: inout FeedOverrides, _ place: SourcePlace) {
        if let node = table.table("basic_auth") { overrides.basicAuth = basicAuth(node) }
        if let node = table.value("bearer") {
            overrides.bearer = SecretReader(file: file, state: state).read(node, "[[feed]] bearer")
        }
        if let node = table.table("client_cert") { overrides.clientCert = clientCert(node) }
        let authorizations = [
            overrides.basicAuth != nil, overrides.bearer != nil,
            overrides.headers.contains { $0.name.lowercased() == "authorization" },
        ]
        if authorizations.count(where: { $0 }) > 1 {
            state.error(
                "[[feed]]: only one of basic_auth, bearer and headers.Authorization may be set", at: place)
        }
    }

    private func basicAuth(_ node: TOMLNode) -> FeedOptions.BasicAuth? {
        var table = TOMLTable(node, section: .basicAuth, file: file, state: state)
        let user = table.text("user", "\"me\"")
        let password = table.value("password")
        table.finish()
        guard let (name, userNode) = user, let password else {
            if node.member("user") != nil, password != nil { return nil }
            state.error(
                "[[feed]] basic_auth: must be { user = \"NAME\", password = SECRET }, a secret being "
                    + SecretReader.forms, at: file.place(node.keyLine))
            return nil
        }
        let secret = SecretReader(file: file, state: state).read(password, "[[feed]] basic_auth.password")
        let isName = name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: ":") }
        guard isName, !name.isEmpty, name.utf8.count <= 1024 else {
            table.error("user", "must be 1 to 1024 characters without a colon", at: userNode)
            return nil
        }
        return secret.map { FeedOptions.BasicAuth(user: name, password: $0) }
    }

    private func clientCert(_ node: TOMLNode) -> FeedOptions.ClientCertificate? {
        var table = TOMLTable(node, section: .clientCert, file: file, state: state)
        let cert = table.path("cert")
        let key = table.value("key")
        table.finish()
        let secret = key.flatMap { SecretReader(file: file, state: state).read($0, "[[feed]] client_cert.key") }
        guard let cert, !cert.isEmpty else {
            state.error(
                "[[feed]] client_cert: must be { cert = \"PATH\", key = SECRET }, a secret being "
                    + SecretReader.forms, at: file.place(node.keyLine))
            return nil
        }
        return FeedOptions.ClientCertificate(cert: cert, key: secret)
    }
}
