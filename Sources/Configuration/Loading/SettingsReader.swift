/// Reads `[fetch]`, `[host]`, `[schedule]`, `[store]`, `[status]` and `[log]`.
struct SettingsReader {
    static let day: Duration = .seconds(86_400)
    static let timeouts: ClosedRange<Duration> = .seconds(1) ... .seconds(3600)
    static let connectTimeouts: ClosedRange<Duration> = .seconds(1) ... .seconds(600)
    static let intervals: ClosedRange<Duration> = .seconds(1)...day * 31
    static let freshness: ClosedRange<Duration> = .zero...day * 31

    let file: ConfigurationFile
    let state: LoadingState

    func readFetch(_ node: TOMLNode) {
        var table = TOMLTable(node, section: .fetch, file: file, state: state)
        table.integer("concurrency", in: 1...4096).map { state.fetch.concurrency = $0 }
        table.integer("host_concurrency", in: 1...256).map { state.fetch.hostConcurrency = $0 }
        table.span("host_delay", in: .zero...Self.day).map { state.fetch.hostDelay = $0 }
        table.span("connect_timeout", in: Self.connectTimeouts).map { state.fetch.connectTimeout = $0 }
        table.span("timeout", in: Self.timeouts).map { state.fetch.timeout = $0 }
        table.size("max_body", in: 1 << 10...2 << 30).map { state.fetch.maxBody = $0 }
        table.privateNetworks().map { state.fetch.privateNetworks = $0 }
        table.proxy().map { state.fetch.proxy = $0.isEmpty ? nil : $0 }
        table.path("ca_file").map { state.fetch.caFile = $0.isEmpty ? nil : $0 }
        table.finish()
    }

    /// `[host]`: a table for each host.
    func readHosts(_ node: TOMLNode) {
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
        let name = node.key.lowercased()
        if let refusal = Self.refusal(host: name) {
            return state.error("[host.\(TOMLText.quoted(name))]: the name \(refusal)", at: place)
        }
        if let nested = node.children.first(where: { $0.kind == .table }) {
            return state.error(
                "[host.\(name).\(nested.key)]: a host with dots needs quotes; write [host.\"\(name).\(nested.key)\"]",
                at: file.place(nested.keyLine))
        }
        if let other = state.hosts[name] {
            return state.error("[host.\"\(name)\"] is already in \(other.place)", at: place)
        }
        var table = TOMLTable(node, section: .host, file: file, state: state)
        state.hosts[name] = PendingHost(
            name: name, delay: table.span("delay", in: .zero...Self.day),
            concurrency: table.integer("concurrency", in: 1...256),
            pauseScope: table.choice("pause_scope", HostSettings.PauseScope.self),
            maxAgeCap: table.span("max_age_cap", in: Self.freshness), place: place)
        table.finish()
    }

    private static func refusal(host name: String) -> String? {
        guard !name.isEmpty, name.utf8.count <= 253 else { return "must have 1 to 253 bytes" }
        if name.utf8.contains(UInt8(ascii: "*")) {
            return "needs no *: the host and all below it are meant"
        }
        if WebURL.character(refusedIn: name) != nil || name.utf8.contains(where: { "/?#@[]\"\\".utf8.contains($0) }) {
            return "must be a bare host such as \"example.org\""
        }
        // One colon would be a port; more are an IPv6 address.
        if name.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 1 {
            return "must be without a port: all ports of a host share one allowance"
        }
        return nil
    }

    func readSchedule(_ node: TOMLNode) {
        var table = TOMLTable(node, section: .schedule, file: file, state: state)
        table.span("min_interval", in: Self.intervals).map { state.schedule.minInterval = $0 }
        table.span("max_interval", in: Self.intervals).map { state.schedule.maxInterval = $0 }
        let initial = table.span("initial_interval", in: Self.intervals)
        table.span("max_age_cap", in: Self.freshness).map { state.schedule.maxAgeCap = $0 }
        table.finish()

        let schedule = state.schedule
        if schedule.minInterval > schedule.maxInterval {
            return state.error(
                "[schedule] min_interval (\(Span.text(schedule.minInterval))) is longer than max_interval "
                    + "(\(Span.text(schedule.maxInterval)))", at: file.place(node.keyLine))
        }
        if let initial, initial < schedule.minInterval || initial > schedule.maxInterval {
            state.error(
                "[schedule] initial_interval must be between min_interval (\(Span.text(schedule.minInterval))) and "
                    + "max_interval (\(Span.text(schedule.maxInterval))), not \(Span.text(initial))",
                at: file.place(node.keyLine))
        }
        state.schedule.initialInterval =
            initial ?? min(max(schedule.initialInterval, schedule.minInterval), schedule.maxInterval)
    }

    func readStore(_ node: TOMLNode) {
        var table = TOMLTable(node, section: .store, file: file, state: state)
        if let (_, value) = table.text("directory", "\"/var/lib/newswire\"") {
            switch table.resolved(value, "directory") {
            case "": table.error("directory", "is empty; leave it out for the default", at: value)
            case let path?: state.storeDirectory = path
            case nil: break
            }
        }
        table.size("segment_size", in: 4 << 10...4 << 30).map { state.store.segmentSize = $0 }
        if let (text, value) = table.text("keep", "\"forever\" or \"90d\"") {
            if text == "forever" {
                state.store.keep = .forever
            } else if let span = table.span(text, "keep", in: .seconds(1)...Self.day * 36_500, at: value) {
                state.store.keep = .span(span)
            }
        }
        table.choice("updates", StoreSettings.Updates.self).map { state.store.updates = $0 }
        table.choice("duplicates", StoreSettings.Duplicates.self).map { state.store.duplicates = $0 }
        table.finish()
    }

    func readStatus(_ node: TOMLNode) {
        var table = TOMLTable(node, section: .status, file: file, state: state)
        table.path("textfile").map { state.status.textfile = $0.isEmpty ? nil : $0 }
        table.finish()
    }

    func readLog(_ node: TOMLNode) {
        var table = TOMLTable(node, section: .log, file: file, state: state)
        table.choice("level", LogSettings.Level.self).map { state.log.level = $0 }
        table.finish()
    }
}
