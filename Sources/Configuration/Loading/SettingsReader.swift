private import Text
private import Web

/// Reads the tables of one file: settings, hosts, feeds and rules.
struct SettingsReader {
    private let tables: TableReader
    private var file: ConfigurationFile { tables.file }
    private var state: LoadingState { tables.state }

    init(file: ConfigurationFile, state: LoadingState) {
        tables = TableReader(file: file, state: state)
    }

    /// Reads what is set for the whole program, which stands in the main file alone. Hosts and feeds take their
    /// defaults from it, so it comes first.
    func readProgram(_ root: TOMLNode) {
        tables.read(root, into: &state.top)
        state.isContactNamed = root.member("contact") != nil
        table("fetch", of: root).map { fetch in
            tables.read(fetch, into: &state.fetch)
            for child in fetch.children { state.fetchLines[child.key] = child.keyLine }
            tables.warnOfLoginWithoutProxy(fetch, state.fetch.transfer, in: .fetch)
        }
        table("schedule", of: root).map(readSchedule)
        table("store", of: root).map { _ = tables.read($0, into: &state.store) }
        table("events", of: root).map { _ = tables.read($0, into: &state.events) }
        table("fulltext", of: root).map { _ = tables.read($0, into: &state.fullText) }
        table("archive", of: root).map(readArchive)
        table("deliver", of: root).map { _ = tables.read($0, into: &state.deliver) }
        table("fleet", of: root).map(readFleet)
        table("publish", of: root).map(PublishTableReader(tables: tables).read)
        table("web", of: root).map(WebTableReader(tables: tables).read)
        table("status", of: root).map { _ = tables.read($0, into: &state.status) }
        table("log", of: root).map { _ = tables.read($0, into: &state.log) }
        state.isMainRead = true
        state.isStoreCertain = saysWhereStoreIs(root)
    }

    /// Whether it is certain where the store is, though something else may be wrong. An unknown key may have meant it: a
    /// misspelt one of `[store]`, or a table or a text at the top.
    private func saysWhereStoreIs(_ root: TOMLNode) -> Bool {
        let top = Options.keys(of: .top)
        let unknown = root.children.filter { !top.contains($0.key) }
        guard !unknown.contains(where: { $0.kind == .table || $0.kind == .string }) else { return false }
        guard let store = root.member("store") else { return true }
        let known = Options.keys(of: .store)
        return store.kind == .table && store.children.allSatisfy { known.contains($0.key) }
            && (store.member("directory") == nil || !state.store.directory.isEmpty)
    }

    /// Reads `[host]`, `[[feed]]` and `[[filter]]`, which may stand in every file.
    func readHostsFeedsAndFilters(_ root: TOMLNode) {
        table("host", of: root).map(readHosts)
        let feeds = FeedTableReader(tables: tables)
        for feed in list("feed", of: root, each: "feed") { feeds.read(feed) }
        let filters = FilterTableReader(tables: tables)
        for filter in list("filter", of: root, each: "rule") { filters.read(filter) }
    }

    /// The tables of a name that is written in two brackets before each of them.
    private func list(_ key: StaticString, of root: TOMLNode, each what: String) -> [TOMLNode] {
        guard let node = root.member(key) else { return [] }
        if node.kind == .array { return Array(node.children) }
        state.error("\(key): write [[\(key)]] with two brackets before each \(what)", at: file.place(node.keyLine))
        return []
    }

    /// The entries of `include` in a file that is included itself.
    func includes(of root: TOMLNode) -> [TopSettings.Include] {
        var top = TopSettings()
        tables.read("include", of: root, into: &top)
        return top.includes
    }

    private func table(_ key: StaticString, of root: TOMLNode) -> TOMLNode? {
        guard let node = root.member(key) else { return nil }
        if node.kind == .table { return node }
        state.error("\(key): must be a table, not \(node.kind.name)", at: file.place(node.keyLine))
        return nil
    }

    private func readSchedule(_ node: TOMLNode) {
        let isRight = tables.read(node, into: &state.schedule)
        let schedule = state.schedule
        let bounds = (ConfigDuration.text(schedule.minInterval), ConfigDuration.text(schedule.maxInterval))
        guard schedule.minInterval <= schedule.maxInterval else {
            return state.error(
                "[schedule] min_interval (\(bounds.0)) is longer than max_interval (\(bounds.1))",
                at: file.place(node.keyLine))
        }
        let initial = min(max(schedule.initialInterval, schedule.minInterval), schedule.maxInterval)
        if node.member("initial_interval") != nil, isRight, initial != schedule.initialInterval {
            state.error(
                "[schedule] initial_interval must be between min_interval (\(bounds.0)) and max_interval "
                    + "(\(bounds.1)), not \(ConfigDuration.text(schedule.initialInterval))",
                at: file.place(node.keyLine))
        }
        state.schedule.initialInterval = initial
    }

    private func readFleet(_ node: TOMLNode) {
        var fleet = FleetSettings(source: file.place(node.keyLine))
        for child in node.children { fleet.lines[child.key] = child.keyLine }
        tables.read(node, into: &fleet)
        state.fleet = fleet
        guard node.member("engine") == nil else { return }
        state.add(
            fleet.diagnostic(
                .error, "engine",
                "is missing; write that of the fleet, such as engine = \"postgresql://newswire@db1/newswire\""))
    }

    private func readArchive(_ node: TOMLNode) {
        tables.read(node, into: &state.archive)
        let archive = state.archive
        guard archive.rotateSize > archive.maxSize else { return }
        state.error(
            "[archive] rotate_size (\(ByteSize.text(archive.rotateSize))) is larger than max_size "
                + "(\(ByteSize.text(archive.maxSize))): a file would go as soon as it was closed",
            at: file.place(node.keyLine))
    }

    /// `[host]`: a table for each host.
    private func readHosts(_ node: TOMLNode) {
        for child in node.children {
            guard child.kind == .table else {
                state.error(
                    "[host]: \(TOMLText.key(child.key)) is no host; write a table [host.\"example.org\"]",
                    at: file.place(child.keyLine))
                continue
            }
            readHost(child)
        }
    }

    private func readHost(_ node: TOMLNode) {
        let place = file.place(node.keyLine)
        let key = HostKey.of(host: node.key)
        let name = key ?? node.key.lowercased()
        if let refusal = Self.refusal(host: name, isHost: key != nil) {
            return state.error("[host.\(TOMLText.quoted(name))]: the name \(refusal)", at: place)
        }
        if let nested = node.children.first(where: { $0.kind == .table }) {
            return state.error(
                "[host.\(name).\(nested.key)]: a host with dots needs quotes; write [host.\"\(name).\(nested.key)\"]",
                at: file.place(nested.keyLine))
        }
        if let other = state.hosts[name] {
            return state.error("[host.\"\(name)\"] is already in \(other.source)", at: place)
        }
        var host = HostSettings(
            name: name, delay: state.fetch.hostDelay, concurrency: state.fetch.hostConcurrency, pauseScope: nil,
            maxAgeCap: state.schedule.maxAgeCap, source: place)
        tables.read(node, into: &host)
        state.hosts[name] = host
    }

    private static func refusal(host name: String, isHost: Bool) -> String? {
        guard !name.isEmpty, name.utf8.count <= 253 else { return "must have 1 to 253 bytes" }
        if name.utf8.contains(UInt8(ascii: "*")) {
            return "needs no *: the host and all below it are meant"
        }
        if isHost { return nil }
        // One colon is a port; more are an IPv6 address.
        let isPort = name.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 1 && !name.utf8.contains(UInt8(ascii: "/"))
        return isPort
            ? "must be without a port: all ports of a host share one allowance"
            : "must be a bare host such as \"example.org\""
    }
}
