private import FeedModel

extension Configuration {
    /// All effective values as TOML that loads to an equal configuration (`check --print`).
    ///
    /// Secrets are shown as the references that they are, and those in the query of a URL as `***`: such a feed alone
    /// does not load as it was.
    package func printEffective() -> String {
        var writer = TOMLWriter()
        if let contact { writer.text("contact", contact) }
        writer.append(fetch)
        for host in hosts { writer.append(host) }
        writer.append(schedule)
        writer.append(store)
        writer.table("[status]")
        writer.text("textfile", status.textfile ?? "")
        writer.table("[log]")
        writer.text("level", log.level.rawValue)
        for feed in feeds { writer.append(feed) }
        return writer.document
    }
}

/// Writes keys and values of TOML, a line each.
private struct TOMLWriter {
    private(set) var document = ""

    mutating func table(_ header: String) {
        document += document.isEmpty ? "\(header)\n" : "\n\(header)\n"
    }

    mutating func raw(_ key: String, _ value: String) { document += "\(key) = \(value)\n" }
    mutating func text(_ key: String, _ value: String) { raw(key, TOMLText.quoted(value)) }
    mutating func span(_ key: String, _ value: Duration) { text(key, Span.text(value)) }
    mutating func size(_ key: String, _ value: Int) { text(key, ByteSize.text(value)) }

    mutating func networks(_ value: PrivateNetworks) {
        switch value {
        case .deny: text("private_networks", "deny")
        case .allow: text("private_networks", "allow")
        case .list(let entries): raw("private_networks", TOMLText.list(entries))
        }
    }

    mutating func append(_ fetch: FetchSettings) {
        table("[fetch]")
        raw("concurrency", "\(fetch.concurrency)")
        raw("host_concurrency", "\(fetch.hostConcurrency)")
        span("host_delay", fetch.hostDelay)
        span("connect_timeout", fetch.connectTimeout)
        span("timeout", fetch.timeout)
        size("max_body", fetch.maxBody)
        networks(fetch.privateNetworks)
        text("proxy", fetch.proxy ?? "")
        text("ca_file", fetch.caFile ?? "")
    }

    mutating func append(_ host: HostSettings) {
        table("[host.\(TOMLText.quoted(host.name))]")
        span("delay", host.delay)
        raw("concurrency", "\(host.concurrency)")
        if let scope = host.pauseScope { text("pause_scope", scope.rawValue) }
        span("max_age_cap", host.maxAgeCap)
    }

    mutating func append(_ schedule: ScheduleSettings) {
        table("[schedule]")
        span("min_interval", schedule.minInterval)
        span("max_interval", schedule.maxInterval)
        span("initial_interval", schedule.initialInterval)
        span("max_age_cap", schedule.maxAgeCap)
    }

    mutating func append(_ store: StoreSettings) {
        table("[store]")
        text("directory", store.directory)
        size("segment_size", store.segmentSize)
        switch store.keep {
        case .forever: text("keep", "forever")
        case .span(let keep): span("keep", keep)
        }
        text("updates", store.updates.rawValue)
        text("duplicates", store.duplicates.rawValue)
    }

    mutating func append(_ feed: FeedConfiguration) {
        let options = feed.options
        table("[[feed]]")
        text("url", URLRedaction.redacted(feed.url))
        text("id", feed.id.text)
        if let title = feed.title { text("title", title) }
        raw("tags", TOMLText.list(feed.tags))
        if let interval = options.interval { span("interval", interval) }
        if let userAgent = options.userAgent { text("user_agent", userAgent) }
        if !options.headers.isEmpty { raw("headers", headers(options.headers)) }
        if let auth = options.basicAuth {
            raw("basic_auth", "{ user = \(TOMLText.quoted(auth.user)), password = \(auth.password) }")
        }
        if let bearer = options.bearer { raw("bearer", "\(bearer)") }
        if let cert = options.clientCert {
            let key = cert.key.map { ", key = \($0)" } ?? ""
            raw("client_cert", "{ cert = \(TOMLText.quoted(cert.cert))\(key) }")
        }
        text("proxy", options.proxy ?? "")
        span("timeout", options.timeout)
        span("connect_timeout", options.connectTimeout)
        span("max_age_cap", options.maxAgeCap)
        // For redirects it makes a difference whose they are.
        if let own = options.ownPrivateNetworks { networks(own) }
        text("ca_file", options.caFile ?? "")
        raw("tls_verify", "\(options.tlsVerify)")
        raw("http2", "\(options.http2)")
        raw("keep_alive", "\(options.keepAlive)")
        raw("aliases", "\(options.aliases)")
        text("updates", options.updates.rawValue)
        raw("enabled", "\(options.enabled)")
    }

    private func headers(_ headers: [HeaderField]) -> String {
        let fields = headers.map { header in
            let value =
                switch header.value {
                case .literal(let text): TOMLText.quoted(text)
                case .secret(let secret): "\(secret)"
                }
            return "\(TOMLText.key(header.name)) = \(value)"
        }
        return "{ \(fields.joined(separator: ", ")) }"
    }
}
