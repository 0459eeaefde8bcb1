private import Text
private import Web

/// Reads the tables of one file: settings, hosts, feeds and rules.
struct SettingsReader {
    private let file: ConfigurationFile
    private let state: LoadingState
    private let tables: TableReader

    init(file: ConfigurationFile, state: LoadingState) {
        self.file = file
        self.state = state
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
        table("publish", of: root).map(PublishTableReader(file: file, state: state).read)
        table("web", of: root).map(WebTableReader(file: file, state: state).read)
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
        let feeds = FeedTableReader(file: file, state: state)
        for feed in list("feed", of: root, each: "feed") { feeds.read(feed) }
        let filters = FilterTableReader(file: file, state: state)
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

/// Reads the values of a table by the rows of its options, and reports the keys that it does not have.
///
/// A value that is wrong is reported and reads as not set.
struct TableReader {
    let file: ConfigurationFile
    let state: LoadingState

    /// Sets the fields that the table names.
    ///
    /// - Parameter other: a key that is read by whoever asks, as it is no option.
    /// - Returns: whether every value could be read.
    @discardableResult
    func read<Values: OptionValues>(
        _ node: TOMLNode, into values: inout Values, beside other: StaticString? = nil
    ) -> Bool {
        var found = other.flatMap(node.member) == nil ? 0 : 1
        var isRight = true
        let rows = Values.rows
        // By index, since a loop over the rows would count references to each, once for every row of every feed.
        for index in rows.indices {
            guard let value = node.member(rows[index].key) else { continue }
            found += 1
            if !read(value, rows[index], &values) { isRight = false }
        }
        if found < node.count { reportUnknown(in: node, of: Values.table) }
        return isRight
    }

    /// Sets the field of one option alone.
    func read<Values: OptionValues>(_ key: StaticString, of node: TOMLNode, into values: inout Values) {
        guard let value = node.member(key) else { return }
        for row in Values.rows where "\(row.key)" == "\(key)" { _ = read(value, row, &values) }
    }

    private func read<Values: OptionValues>(
        _ value: TOMLNode, _ row: OptionRow<Values>, _ values: inout Values
    ) -> Bool {
        let context = OptionContext(
            table: Values.table, key: row.key, example: row.example, file: file, state: state)
        return row.read(value, context, &values)
    }

    /// Warns of a login for a proxy that is not set anywhere: what was meant to go through one goes straight to its host.
    func warnOfLoginWithoutProxy(_ node: TOMLNode, _ transfer: TransferSettings, in table: OptionTable) {
        // One that is wrong is reported as that.
        let names = node.member("proxy").map { $0.text != "" } ?? false
        guard let login = node.member("proxy_auth"), transfer.proxy == nil, !names else { return }
        let places = table == .fetch ? "this table" : "this table or in [fetch]"
        state.warning(
            "\(table.prefix)proxy_auth: is for no proxy, and everything is asked without one; write proxy = \"…\" in "
                + "\(places), or take proxy_auth out", at: file.place(login.keyLine))
    }

    private func reportUnknown(in node: TOMLNode, of table: OptionTable) {
        let keys = Options.keys(of: table)
        for child in node.children where !keys.contains(child.key) {
            let advice = Options.advice(forUnknown: child.key, among: keys)
            state.error(
                "\(table.prefix)\(OptionContext.shown(child.key)): there is no such key; \(advice)",
                at: file.place(child.keyLine))
        }
    }
}
