private import FeedModel
private import Text
private import Web

/// `ConfigurationLoader` reads a configuration with all the files that it includes (contract.md §2).
package enum ConfigurationLoader {
    /// Reads and checks everything, and throws all that is wrong, not only what is wrong first.
    ///
    /// Secrets are not read: `Configuration.checkReferences` does that, and each use.
    /// It waits for the file system, on the thread of the caller.
    /// - Parameters:
    ///   - path: the main file.
    ///   - known: returns the feeds of the state, by which feeds without an id keep theirs (see `FeedIDResolver`); called
    ///     once it is known where the store is, and not where anything is wrong.
    ///   - addition: a file of `[[feed]]` tables that is about to be included: its name and its text.
    ///   - replacements: what files are about to hold, by their names in messages; nil for those that are about to go.
    package static func load(
        path: String, environment: [String: String],
        knownFeeds known: (StoreSettings) -> [FeedIDResolver.Known] = { _ in [] },
        adding addition: (name: String, text: String)? = nil, replacing replacements: [String: [UInt8]?] = [:]
    ) throws(ConfigurationError) -> Configuration {
        let state = LoadingState(environment: environment)
        let file = ConfigurationFile(name: path)
        var reader = FileTreeReader(state: state, replacements)
        reader.readMain(file)
        if let addition { reader.readAddition(Array(addition.text.utf8), named: addition.name) }
        let configuration = ConfigurationAssembler(file: file, state: state).assemble(known)
        let diagnostics = state.finish(file: file.name)
        guard !state.hasErrors, var configuration else {
            throw ConfigurationError(
                diagnostics: diagnostics, readable: readablePart(of: file, state), sources: state.sources)
        }
        configuration.warnings = diagnostics
        configuration.sources = state.sources
        return configuration
    }
}

/// Settles ids and defaults once all files have been read.
struct ConfigurationAssembler {
    let file: ConfigurationFile
    let state: LoadingState

    /// Returns nil only after an error has been reported.
    func assemble(_ known: (StoreSettings) -> [FeedIDResolver.Known]) -> Configuration? {
        checkContact()
        checkHostsOfFleet()
        var store = state.store
        if store.directory.isEmpty {
            store.directory =
                StoreLocation.standard(configuration: file.path, environment: state.environment) ?? ""
        }
        guard !store.directory.isEmpty else {
            state.error(
                "[store] directory: is not set, and without $STATE_DIRECTORY, $XDG_STATE_HOME or $HOME there is "
                    + "no default", file: file.name)
            return nil
        }
        guard !state.hasErrors else { return nil }
        let known = known(store)
        let configuration = assemble(store, known)
        for diagnostic in configuration.review(known) { state.add(diagnostic) }
        for error in configuration.urlsInFilters(isKnown: !known.isEmpty) { state.add(error) }
        return configuration
    }

    /// Puts together what was read, with all feeds that could be, and reports nothing that counts.
    func assemble(_ store: StoreSettings, _ known: [FeedIDResolver.Known]) -> Configuration {
        let hosts = state.hosts.values.sorted { $0.name < $1.name }
        var configuration = Configuration(
            path: file.path, contact: state.top.contact, fetch: state.fetch, hosts: hosts, schedule: state.schedule,
            store: store, events: state.events, deliver: state.deliver, fullText: state.fullText,
            archive: state.archive, status: state.status,
            log: state.log, feeds: [], warnings: [])
        configuration.publications = state.publications
        configuration.fleet = state.fleet
        configuration.web = state.web
        configuration.includePatterns = state.includePatterns
        configuration.fetchLines = state.fetchLines
        configuration.feeds = feeds(of: configuration, known: known)
        configuration.filterTables = state.filters.tables
        configuration.bindFilters()
        return configuration
    }

    private func checkContact() {
        guard !state.isContactNamed else { return }
        let fetched = state.feeds.feeds.first { feed in
            if case .host = feed.origin { feed.options?.value.enabled != false } else { false }
        }
        guard let fetched else { return }
        state.error(
            "contact: is missing; write contact = \"https://…\" or \"mailto:…\", which publishers are shown "
                + "(\(fetched.place) is fetched over the network)", at: file.place(1))
    }

    /// Hosts of one allowance have to be of one site, as sites are divided among machines.
    private func checkHostsOfFleet() {
        guard state.fleet != nil else { return }
        for host in state.hosts.values.sorted(by: { $0.name < $1.name }) where Site.areSeveral(below: host.name) {
            state.error(
                "[host.\(TOMLText.quoted(host.name))]: several sites are below it, which the machines of a fleet divide among "
                    + "themselves; write a table for each site, such as [host.\"example.\(host.name)\"]",
                at: host.source)
        }
    }

    private func feeds(of configuration: Configuration, known: [FeedIDResolver.Known]) -> [FeedConfiguration] {
        let pending = state.feeds.feeds
        let candidates = pending.map { FeedIDResolver.Candidate(url: $0.url, id: $0.id.map { FeedIdentifier($0) }) }
        let ids = FeedIDResolver.assign(candidates, known: known)
        let standard = state.feeds.shared(state.feedOptions)
        let capsDiffer = configuration.hosts.contains { $0.maxAgeCap != configuration.schedule.maxAgeCap }
        var capped: [CappedOptions: Shared<FeedOptions>] = [:]
        var packing = FeedTexts.Packing()
        for (feed, id) in zip(pending, ids) {
            packing.add(
                id: id, hasExplicitID: feed.id != nil, url: feed.url, hostOrPath: feed.origin.hostOrPath,
                title: feed.title)
        }
        var files = Interner<Shared<String>>()
        return zip(pending, packing.finish()).map { feed, texts in
            var options = feed.options ?? standard
            if capsDiffer, !feed.hasOwnCap, case .host(let host) = feed.origin,
                let cap = configuration.hostSettings(for: host)?.maxAgeCap, cap != options.value.maxAgeCap
            {
                options = withCap(cap, options, &capped)
            }
            if feed.options != nil {
                checkInterval(options.value, feed)
                checkTransport(options.value, feed)
            }
            return FeedConfiguration(
                texts: texts, tags: feed.tags, file: files.interned(Shared(feed.place.file)), line: feed.place.line,
                options: options)
        }
    }

    /// Options with the cap of a host, so that each pair of them is made once.
    private struct CappedOptions: Hashable {
        /// The identity of a box that `PendingFeeds` keeps.
        var options: ObjectIdentifier
        var cap: Duration
    }

    private func withCap(
        _ cap: Duration, _ options: Shared<FeedOptions>, _ made: inout [CappedOptions: Shared<FeedOptions>]
    ) -> Shared<FeedOptions> {
        let key = CappedOptions(options: ObjectIdentifier(options), cap: cap)
        if let known = made[key] { return known }
        var own = options.value
        own.maxAgeCap = cap
        let shared = state.feeds.shared(own)
        made[key] = shared
        return shared
    }

    private func checkInterval(_ options: FeedOptions, _ feed: PendingFeed) {
        guard let interval = options.interval else { return }
        let schedule = state.schedule
        if interval < schedule.minInterval {
            state.warning(
                "[[feed]] interval: \(ConfigDuration.text(interval)) is below [schedule] min_interval "
                    + "(\(ConfigDuration.text(schedule.minInterval))), which holds", at: feed.place)
        } else if interval > schedule.maxInterval {
            state.warning(
                "[[feed]] interval: \(ConfigDuration.text(interval)) is above [schedule] max_interval "
                    + "(\(ConfigDuration.text(schedule.maxInterval))), which holds", at: feed.place)
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
        guard options.sendsSecret, FeedAddress.hasScheme(feed.url, "http:") else { return }
        state.warning("[[feed]] url: over http everybody on the way can read the secret of this feed", at: feed.place)
    }
}
