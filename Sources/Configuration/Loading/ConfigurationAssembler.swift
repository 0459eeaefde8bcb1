private import FeedModel

/// Settles ids and defaults once all files have been read.
struct ConfigurationAssembler {
    let file: ConfigurationFile
    let state: LoadingState
    let known: [FeedIdentity.Known]

    /// nil only after an error has been reported.
    func assemble() -> Configuration? {
        checkContact()
        let standard = StoreLocation.standard(configuration: file.path, environment: state.environment)
        guard let directory = state.storeDirectory ?? standard else {
            state.error(
                "[store] directory: is not set, and without $STATE_DIRECTORY, $XDG_STATE_HOME or $HOME there is "
                    + "no default", file: file.name)
            return nil
        }
        guard !state.hasErrors else { return nil }
        var store = state.store
        store.directory = directory
        let hosts = hosts()
        var configuration = Configuration(
            path: file.path, contact: state.contact, fetch: state.fetch, hosts: hosts, schedule: state.schedule,
            store: store, status: state.status, log: state.log, feeds: [], warnings: [])
        configuration.feeds = feeds(of: configuration)
        return configuration
    }

    private func checkContact() {
        guard state.contact == nil else { return }
        let fetched = state.feeds.feeds.first { $0.localPath == nil && $0.overrides?.value.enabled != false }
        guard let fetched else { return }
        state.error(
            "contact: is missing; write contact = \"https://…\" or \"mailto:…\", which publishers are shown "
                + "(\(fetched.place) is fetched over the network)", at: file.place(1))
    }

    private func hosts() -> [HostSettings] {
        let hosts = state.hosts.values.map { host in
            HostSettings(
                name: host.name, delay: host.delay ?? state.fetch.hostDelay,
                concurrency: host.concurrency ?? state.fetch.hostConcurrency, pauseScope: host.pauseScope,
                maxAgeCap: host.maxAgeCap ?? state.schedule.maxAgeCap, source: host.place)
        }
        return hosts.sorted { $0.name < $1.name }
    }

    private func feeds(of configuration: Configuration) -> [FeedConfiguration] {
        let pending = state.feeds.feeds
        let candidates = pending.map { FeedIdentity.Candidate(url: $0.url, id: $0.id.map { FeedIdentifier($0) }) }
        let ids = FeedIdentity.assign(candidates, known: known)
        suggest(candidates, ids, pending)
        let capsDiffer = configuration.hosts.contains { $0.maxAgeCap != configuration.schedule.maxAgeCap }
        var options = OptionBoxes()
        return zip(pending, ids).map { feed, id in
            var cap = configuration.schedule.maxAgeCap
            if capsDiffer, let authority = WebURL.authority(of: feed.url) {
                cap = configuration.hostSettings(for: authority.host.lowercased())?.maxAgeCap ?? cap
            }
            let shared = options.box(feed.overrides, cap: cap) { own in self.options(own, configuration, cap: cap) }
            if feed.overrides != nil {
                checkInterval(shared.value, feed)
                checkTransport(shared.value, feed)
            }
            return FeedConfiguration(
                id: id, hasExplicitID: feed.id != nil, url: feed.url, localPath: feed.localPath, title: feed.title,
                tags: feed.tags, source: feed.place, options: shared)
        }
    }

    /// The options that have been made so far, each once.
    private struct OptionBoxes {
        private struct Origin: Hashable {
            /// Of the overrides, which are interned and outlive this.
            var overrides: ObjectIdentifier?
            var cap: Duration
        }

        private var boxes: [Origin: Shared<FeedOptions>] = [:]
        private var values = Interner<Shared<FeedOptions>>()

        mutating func box(
            _ overrides: Shared<FeedOverrides>?, cap: Duration, make: (FeedOverrides) -> FeedOptions
        ) -> Shared<FeedOptions> {
            let origin = Origin(overrides: overrides.map(ObjectIdentifier.init), cap: cap)
            if let known = boxes[origin] { return known }
            let box = values.interned(Shared(make(overrides?.value ?? FeedOverrides())))
            boxes[origin] = box
            return box
        }
    }

    private func options(_ own: FeedOverrides, _ configuration: Configuration, cap: Duration) -> FeedOptions {
        var options = FeedOptions(fetch: configuration.fetch, maxAgeCap: cap, updates: configuration.store.updates)
        options.interval = own.interval
        options.userAgent = own.userAgent
        options.headers = own.headers
        options.basicAuth = own.basicAuth
        options.bearer = own.bearer
        options.clientCert = own.clientCert
        own.proxy.map { options.proxy = $0.isEmpty ? nil : $0 }
        own.timeout.map { options.timeout = $0 }
        own.connectTimeout.map { options.connectTimeout = $0 }
        own.maxAgeCap.map { options.maxAgeCap = $0 }
        options.ownPrivateNetworks = own.privateNetworks
        own.caFile.map { options.caFile = $0.isEmpty ? nil : $0 }
        own.tlsVerify.map { options.tlsVerify = $0 }
        own.http2.map { options.http2 = $0 }
        own.keepAlive.map { options.keepAlive = $0 }
        own.aliases.map { options.aliases = $0 }
        own.updates.map { options.updates = $0 }
        own.enabled.map { options.enabled = $0 }
        return options
    }

    private func checkInterval(_ options: FeedOptions, _ feed: PendingFeed) {
        guard let interval = options.interval else { return }
        let schedule = state.schedule
        if interval < schedule.minInterval {
            state.warning(
                "[[feed]] interval: \(Span.text(interval)) is below [schedule] min_interval "
                    + "(\(Span.text(schedule.minInterval))), which holds", at: feed.place)
        } else if interval > schedule.maxInterval {
            state.warning(
                "[[feed]] interval: \(Span.text(interval)) is above [schedule] max_interval "
                    + "(\(Span.text(schedule.maxInterval))), which holds", at: feed.place)
        }
    }

    private func checkTransport(_ options: FeedOptions, _ feed: PendingFeed) {
        if !options.tlsVerify {
            state.warning(
                "[[feed]] tls_verify: is off: anybody on the way can read this feed and write its articles; a ca_file "
                    + "lets one certificate through", at: feed.place)
        }
        if let agent = options.userAgent, !agent.lowercased().contains("newswire") {
            state.warning(
                "[[feed]] user_agent: masquerading as \(TOMLText.quoted(agent)); publishers cannot tell who asks",
                at: feed.place)
        }
        let hasSecret =
            options.basicAuth != nil || options.bearer != nil
            || options.headers.contains { header in
                if case .secret = header.value { true } else { false }
            }
        guard hasSecret, WebURL.hasScheme(feed.url, "http:") else { return }
        state.warning("[[feed]] url: over http everybody on the way can read the secret of this feed", at: feed.place)
    }

    private func suggest(_ candidates: [FeedIdentity.Candidate], _ ids: [FeedIdentifier], _ pending: [PendingFeed]) {
        guard !known.isEmpty else { return }
        for (index, names) in FeedIdentity.suggestions(candidates, ids: ids, known: known) {
            let names = names.map { "id = \(TOMLText.quoted($0.text))" }.joined(separator: " or ")
            state.warning(
                "\(URLRedaction.redacted(pending[index].url)) is a new feed; if it is one that had another URL, "
                    + "\(names) keeps its history", at: pending[index].place)
        }
    }
}
