private import FeedModel
package import Querying
private import Web

/// `Configuration` is everything that a person has configured: read from all files, checked, every default filled in.
package struct Configuration: Sendable {
    /// The absolute path is that of the main file.
    package var path: String
    /// The contact is shown to publishers in the User-Agent; nil only where nothing is fetched over http or https.
    package var contact: String?
    /// `[fetch]` says how documents are fetched.
    package var fetch: FetchSettings
    /// The hosts are in the order of their names, on which `hostSettings` relies.
    package var hosts: [HostSettings]
    /// `[schedule]` bounds the intervals of all feeds.
    package var schedule: ScheduleSettings
    /// `[store]` says where articles are kept, and which.
    package var store: StoreSettings
    /// `[events]` says what is worth an event.
    package var events: EventSettings
    /// `[deliver]` says where articles may be sent.
    package var deliver = DeliverSettings()
    /// The publications are the tables of `[publish]`, in the order of the file.
    package var publications: [PublishSettings] = []
    /// `[fleet]` says with whom polling is shared; nil where it is not.
    package var fleet: FleetSettings?
    /// `[web]` says where newswire-web listens, and who may do what there.
    package var web = WebSettings()
    /// `[fulltext]` says how the pages of articles are fetched.
    package var fullText = FullTextSettings()
    /// `[archive]` says where pages are kept as they came, and for how long.
    package var archive = ArchiveSettings()
    /// `[status]` says where figures of the running service are written.
    package var status: StatusSettings
    /// `[log]` says what is told while the service runs.
    package var log: LogSettings
    /// The feeds are in the order of the files, those that are not enabled among them. No two have one id.
    package var feeds: [FeedConfiguration]
    /// The rules say which articles are blocked and which get labels; without any, nothing is asked of articles.
    package var filters = FilterRules()
    /// The tables of the rules, as files have them; `filters` are made from them and the ids of feeds (`bindFilters`).
    var filterTables: [FilterTable] = []
    /// The warnings say what looks wrong, though it can be run.
    package var warnings: [Diagnostic]
    /// The patterns of all `include`, as absolute paths.
    var includePatterns: [String] = []
    /// The sources are the files that it was read from.
    package var sources = ConfigurationSources()
    /// The lines of the main file in which the keys of `[fetch]` stand.
    var fetchLines: [String: Int] = [:]

    /// Returns the table whose allowance a host shares: that of its own name, else of the nearest domain above it.
    ///
    /// - Parameter name: the key of a host (`HostKey`).
    package func hostSettings(for name: String) -> HostSettings? {
        guard !hosts.isEmpty else { return nil }
        var domain = name[...]
        while true {
            if let settings = settings(named: domain) { return settings }
            guard let dot = domain.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
            domain = domain[domain.utf8.index(after: dot)...]
        }
    }

    private func settings(named name: Substring) -> HostSettings? {
        var low = 0
        var high = hosts.count
        while low < high {
            let middle = (low + high) / 2
            if hosts[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < hosts.count && hosts[low].name == name ? hosts[low] : nil
    }

    /// Returns the feeds that a URL stands for: those with that very URL, else those whose URL is the same but for http
    /// or https, `www.`, a slash at the end of the path, the usual port, and the case of scheme and host (contract.md
    /// §2.11). There are several only where they have ids of their own.
    package func feeds(at url: String) -> [FeedConfiguration] {
        let same = feeds.filter { $0.url == url }
        if !same.isEmpty { return same }
        guard let host = HostKey.of(url: url).map(FeedIDResolver.bare) else { return [] }
        let form = FeedIDResolver.looseForm(url)
        // Only URLs of the same host are worth parsing: there may be very many feeds.
        return feeds.filter { feed in
            feed.host.map(FeedIDResolver.bare) == host && FeedIDResolver.looseForm(feed.url) == form
        }
    }

    /// Gives feeds the ids by which the store knows them, where a person gave none (contract.md §2).
    package mutating func recognise(_ known: [FeedIDResolver.Known]) {
        if known.isEmpty { return }
        let candidates = feeds.map { FeedIDResolver.Candidate(url: $0.url, id: $0.hasExplicitID ? $0.id : nil) }
        let ids = FeedIDResolver.assign(candidates, known: known)
        let changed = feeds.indices.filter { feeds[$0].id != ids[$0] }
        // Where no id changes, the feeds stay those of whoever else has them, however many they are. A loop that may change one
        // is compiled so that it copies all before it looks.
        if !changed.isEmpty {
            for index in changed { feeds[index].id = ids[index] }
        }
        bindFilters()
    }

    /// Gives feeds the ids by which the store knows them, and adds to the warnings what is to be said of them. Throws where
    /// `formerly` says what cannot be.
    package mutating func recognise(reviewing known: [FeedIDResolver.Known]) throws(ConfigurationError) {
        recognise(known)
        let found = review(known) + reviewFilters()
        warnings += found
        guard found.contains(where: { $0.severity == .error }) else { return }
        throw ConfigurationError(diagnostics: warnings, readable: self)
    }

    /// Returns a copy whose feeds have the ids by which the store knows them.
    package func recognising(_ known: [FeedIDResolver.Known]) -> Configuration {
        var result = self
        result.recognise(known)
        return result
    }
}

extension Configuration {
    /// Makes a configuration without feeds, in which all but the store is as it is where nobody sets anything.
    package init(path: String, store: StoreSettings) {
        self.init(
            path: path, contact: nil, fetch: FetchSettings(), hosts: [], schedule: ScheduleSettings(), store: store,
            events: EventSettings(), status: StatusSettings(), log: LogSettings(), feeds: [], warnings: [])
    }
}

extension Configuration: Equatable {
    /// Two configurations are equal that say the same; warnings, and the place of the files, do not count.
    package static func == (left: Self, right: Self) -> Bool {
        left.contact == right.contact && left.fetch == right.fetch && left.hosts == right.hosts
            && left.schedule == right.schedule && left.store == right.store && left.events == right.events
            && left.deliver == right.deliver && left.publications == right.publications
            && left.fleet == right.fleet && left.web == right.web
            && left.fullText == right.fullText && left.archive == right.archive
            && left.status == right.status && left.log == right.log && left.feeds == right.feeds
            && left.filters.rules == right.filters.rules
    }
}

extension Configuration {
    /// Returns all effective values as TOML that loads to an equal configuration (`check --print`).
    ///
    /// Secrets are shown as the references that they are, and those in the query of a URL as `***`: such a feed alone
    /// does not load as it was.
    package func printEffective() -> String {
        var tables = [TopSettings(contact: contact).text, "[fetch]\n\(fetch.text)"]
        tables += hosts.map { "[host.\(TOMLText.quoted($0.name))]\n\($0.text)" }
        tables += ["[schedule]\n\(schedule.text)", "[store]\n\(store.text)", "[events]\n\(events.text)"]
        tables += [
            "[fulltext]\n\(fullText.text)", "[archive]\n\(archive.text)", "[deliver]\n\(deliver.text)",
        ]
        tables += publications.map { "[publish.\(TOMLText.key($0.name))]\n\($0.text)" }
        if let fleet { tables.append("[fleet]\n\(fleet.text)") }
        tables.append("[web]\n\(web.text)")
        tables += web.accounts.map { "[[web.account]]\n\($0.text)" }
        tables += [
            "[status]\n\(status.text)",
            "[log]\n\(log.text)",
        ]
        tables += feeds.lazy.map { "[[feed]]\n\(FeedSettings($0).text)" }
        tables += filterTables.lazy.map { "[[filter]]\n\($0.settings.text)" }
        return tables.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

extension Configuration {
    /// Returns the effective values of one feed, as `printEffective` has them among all.
    package func effectiveText(of feed: FeedConfiguration) -> String { "[[feed]]\n\(FeedSettings(feed).text)" }
}

extension FeedSettings {
    /// Makes the table that would give the feed.
    fileprivate init(_ feed: FeedConfiguration) {
        switch feed.origin {
        case .host(let host): address = .web(url: feed.url, host: host)
        case .file(let path): address = .local(path: path, url: feed.url)
        }
        id = feed.id.text
        title = feed.title
        tags = feed.tags
        options = feed.options
    }
}

extension Configuration {
    /// Warns where `[fetch] private_networks` is open, since it holds for more feeds than it is meant for.
    package func checkNetworks() -> [Diagnostic] {
        let isOpen =
            switch fetch.privateNetworks {
            case .deny: false
            case .allow: true
            case .list(let entries): !entries.isEmpty
            }
        guard isOpen else { return [] }
        return [
            Diagnostic(
                .warning, file: path, line: fetchLines["private_networks"] ?? 1,
                "[fetch] private_networks: holds for every feed, also for one whose host's name is made to lead there "
                    + "later; where a few feeds need it, write it in their [[feed]] tables")
        ]
    }
}
