private import Text

/// Every option of the configuration, a row each (contract.md §2).
///
/// A new one is a row here and the field that it sets, in `Settings.swift` or `FeedOptions`. The sentences are read in
/// newswire.toml(5) and in the sample configuration, which `make man` writes.
enum Options {
    /// In the order in which each table prints and describes those that it has.
    static let all =
        top + fetch + feed + credentials + transfers + host + schedule + store + events + fullText + archive + deliver
        + publish
        + fleet
        + web + webAccounts
        + service
        + switches + filters + deliveries

    static func rows<Values>(of values: Values.Type) -> [OptionRow<Values>] {
        all.compactMap { $0.row(of: values) }
    }

    /// The keys of a table's options, and at the top of the file those of the other tables.
    static func keys(of table: OptionTable) -> [String] { keys[table, default: []] }

    private static let keys: [OptionTable: [String]] = {
        var keys: [OptionTable: [String]] = [:]
        for option in all {
            for table in option.tables { keys[table, default: []].append("\(option.key)") }
        }
        keys[.top, default: []] += OptionTable.allCases.filter(\.isAtTop).map(\.rawValue)
        keys[.web, default: []].append("\(OptionTable.accounts)")
        return keys
    }()

    /// What to say of a key that none of `keys`, those of its table, is.
    static func advice(forUnknown key: String, among keys: [String]) -> String {
        if let nearest = EditDistance.nearest(to: key, among: keys) { return "did you mean \(nearest)?" }
        let tables = OptionTable.allCases.filter { Self.keys(of: $0).contains(key) }
        let others = tables.contains(where: \.isOfMainFile) ? tables.filter(\.isOfMainFile) : tables
        if !others.isEmpty { return "it belongs in \(others.map(\.title).joined(separator: " or "))" }
        return "the keys here are \(keys.joined(separator: ", "))"
    }

    private static let day: Duration = .seconds(86_400)
    private static let delays: ClosedRange<Duration> = .zero...day
    private static let intervals: ClosedRange<Duration> = .seconds(1)...day * 31
    private static let hostConcurrency = 1...256

    private static let top: [Option] = [
        Option(
            "contact", .text(refusal: Contact.refusal),
            """
            How publishers can reach you: the URL of a page that explains your newswire, or a mailto: address. They \
            see it in the User-Agent, so that they can ask before they block. It must be set as soon as a feed is \
            fetched over http or https.
            """, example: "\"https://example.org/bot\"", in: .top(\.contact)),
        Option(
            "include", .includes,
            """
            Files with more feeds, or patterns for such files. The ending of a file says what it is: .toml for \
            [[feed]], [[filter]] and [host] tables, .opml for OPML, anything else for one URL a line as in newsboat's urls file: \
            URL "tag" "~Title". There https:// may be left out, and a local file is file:///PATH. A pattern may match \
            nothing, but a file that is named has to be there. An OPML file reaches http and https alone.
            """, example: "[\"feeds.d/*.toml\"]", isSetInSample: true, in: .top(\.includes)),
    ]

    private static let fetch: [Option] = [
        Option(
            "concurrency", .integer(in: 1...4096), "How many transfers run at a time, over all hosts.",
            in: .fetch(\.concurrency)),
        Option(
            "host_concurrency", .integer(in: hostConcurrency), "How many transfers run at a time to one host.",
            in: .fetch(\.hostConcurrency)),
        Option(
            "host_delay", .span(in: delays),
            "How long it is from the start of one request to a host to the start of the next.",
            in: .fetch(\.hostDelay)),
        Option(
            "max_body", .size(in: 1 << 10...2 << 30),
            "How large a document may be, once it is decompressed. A larger one is not read to its end.",
            in: .fetch(\.maxBody)),
    ]

    private static let transfers: [Option] = [
        Option(
            "connect_timeout", .span(in: .seconds(1) ... .seconds(600)),
            "How long it may take until the connection stands, TLS included.",
            in: .fetch(\.transfer.connectTimeout), .feed(\.options.transfer.connectTimeout)),
        Option(
            "timeout", .span(in: .seconds(1) ... .seconds(3600)),
            "How long a whole transfer may take, with its redirects.",
            in: .fetch(\.transfer.timeout), .feed(\.options.transfer.timeout)),
        Option(
            "private_networks", .privateNetworks,
            """
            Whether the URLs of feeds may lie in networks that are not public: "deny", "allow", or a list of what is \
            allowed, each host:port or CIDR: ["localhost:1200", "10.20.0.0/16"]. It holds for every feed, so that a \
            feed's own is better where a few feeds need it. A redirect of a public server to such a network is not \
            followed.
            """, in: .fetch(\.transfer.privateNetworks),
            // For redirects it makes a difference whose they are.
            .feed(
                \.options.ownPrivateNetworks,
                note: "It holds for this feed alone; redirects may lead there as well.")),
        Option(
            "proxy", .proxy,
            """
            The proxy that is asked: http://HOST:PORT, or with https, socks4, socks4a, socks5, socks5h. It is always \
            told names and looks them up itself: socks4 is socks4a, and socks5 is socks5h. Empty, the default: none, \
            whatever the environment says.
            """, in: .fetch(\.transfer.proxy), .feed(\.options.transfer.proxy)),
        Option(
            "proxy_auth", .login,
            """
            A name and a password, which is a secret, for the proxy. A feed with a proxy of its own needs its own \
            proxy_auth, too.
            """, example: "{ user = \"me\", password = { credential = \"proxy-password\" } }",
            in: .fetch(\.transfer.proxyAuth), .feed(\.options.transfer.proxyAuth)),
        Option(
            "ca_file", .path,
            "A PEM file with the certificates of authorities. Empty, the default: those of the system.",
            in: .fetch(\.transfer.caFile), .feed(\.options.transfer.caFile)),
    ]

    private static let host: [Option] = [
        Option(
            "delay", .span(in: delays), "The same as host_delay in [fetch], for this host.", example: "\"60s\"",
            in: .host(\.delay)),
        Option(
            "concurrency", .integer(in: hostConcurrency), "The same as host_concurrency in [fetch], for this host.",
            example: "1",
            in: .host(\.concurrency)),
        Option(
            "pause_scope", .word,
            """
            What answers of 429 or 503 (too many requests) put off: the "host", which is asked more slowly from then \
            on as well, or only the "feed" that was answered so. Default: the host where its address is public, else \
            (RSSHub and the like) the feed.
            """, example: "\"host\"", in: .host(\.pauseScope)),
    ]

    private static let schedule: [Option] = [
        Option(
            "min_interval", .span(in: intervals), "The shortest interval: no feed is polled more often.",
            in: .schedule(\.minInterval)),
        Option(
            "max_interval", .span(in: intervals),
            "The longest interval: no feed is polled less often, unless its server asks for it.",
            in: .schedule(\.maxInterval)),
        Option(
            "initial_interval", .span(in: intervals),
            "What a feed without an interval of its own begins with; from then on it is polled as it publishes.",
            in: .schedule(\.initialInterval)),
        Option(
            "max_age_cap", .span(in: .zero...day * 31),
            """
            How long an answer is believed to be fresh at most. A server is not asked again before the time for which \
            it says that its answer is fresh. More than a week, and than this, is taken for a mistake.
            """, in: .schedule(\.maxAgeCap), .host(\.maxAgeCap), .feed(\.options.maxAgeCap)),
    ]

    private static let store: [Option] = [
        Option(
            "directory", .requiredPath,
            """
            Where articles are kept. Default: $STATE_DIRECTORY, which systemd sets; else /var/lib/newswire for a \
            configuration below /etc; else ${XDG_STATE_HOME:-~/.local/state}/newswire.
            """, example: "\"/var/lib/newswire\"", in: .store(\.directory, .afterRestart)),
        Option(
            "segment_size", .size(in: 4 << 10...4 << 30), "Articles are kept in files of about this size.",
            in: .store(\.segmentSize, .afterRestart)),
        Option(
            "keep", .retention(in: .seconds(1)...day * 36_500),
            """
            How long articles are kept. Files in which all is older are removed once a day; newswire still knows what \
            was in them, and a consumer that has not had it yet keeps it there. What is too old all at once, as when \
            this was changed, goes at a tenth of the store a day, and nothing while the machine's clock is in doubt.
            """, in: .store(\.keep, .onReload)),
        Option(
            "updates", .word,
            "What becomes of edits of known articles: \"keep\" stores each as a version, \"ignore\" drops them.",
            in: .store(\.updates, .onReload), .feed(\.options.updates)),
        Option(
            "duplicates", .word,
            """
            How an article is stored that comes in several feeds: "differing" stores the first whole, and of the others \
            where they were, with their content where it says more or otherwise; "short" leaves that out, too; "keep" \
            makes each an article of its own. A site's own feed is always stored whole, and printed.
            """, in: .store(\.duplicates, .onReload)),
    ]

    private static let events: [Option] = [
        Option(
            "failing_after", .span(in: .seconds(1)...day * 31),
            """
            How long a feed has to fail until that is an event, and at least three times in a row; one that is gone is an \
            event at once.
            """, in: .events(\.failingAfter, .onReload)),
        Option(
            "stuck_after", .span(in: .seconds(1)...day * 31),
            "How long a consumer's command has to refuse a batch until that is an event.",
            in: .events(\.stuckAfter, .onReload)),
        Option(
            "keep", .retention(in: day...day * 36_500),
            "How long events are kept, in the same way as articles. At most 64 MiB of them are, the newest.",
            in: .events(\.keep, .onReload)),
    ]

    private static let deliver: [Option] = [
        Option(
            "private_networks", .privateNetworks,
            """
            Whether newswire deliver --to may send articles to networks that are not public, written as in [fetch]: \
            "deny", "allow", or a list of host:port and CIDR. It holds for deliveries alone, and [fetch] does not hold for \
            them. Each newswire deliver reads it when it starts.
            """, example: "[\"localhost:8065\"]", in: .deliver(\.privateNetworks))
    ]

    private static let service: [Option] = [
        Option(
            "textfile", .path,
            """
            A file that gets the metrics of the running service every 15 seconds, in Prometheus' text format, for \
            node_exporter's textfile collector. Empty, the default: none. The service's sandbox must let it write \
            there: ReadWritePaths= in a drop-in.
            """, example: "\"/var/lib/prometheus/node-exporter/newswire.prom\"", in: .status(\.textfile, .onReload)),
        Option(
            "feed_metrics", .boolean,
            """
            Whether the metrics have a few figures of each feed: last success, failures, silence, churn. With very many \
            feeds that is much for Prometheus.
            """, in: .status(\.feedMetrics, .onReload)),
        Option("level", .word, "How serious a message must be to be logged.", in: .log(\.level, .onReload)),
    ]

    private static let feed: [Option] = [
        Option(
            "url", .feedAddress, "Where the feed is: http, https, or a local file as file:///PATH or a path.",
            example: "\"https://example.org/feed.xml\"", in: .feed(\.address)),
        Option(
            "id", .text(refusal: FeedName.refusal),
            "The name that the feed keeps whatever becomes of its URL. If it is left out, it is made from the URL.",
            example: "\"example\"", in: .feed(\.id)),
        Option(
            "formerly", .formerIDs,
            """
            Ids that the feed had before. What the store knows under them is the feed's: its articles are not new again, \
            and its history goes on. Leave the line where it is.
            """, example: "[\"old-id\"]", in: .feed(\.options.formerly)),
        Option(
            "title", .label(limit: 4096), "What the feed is called. If it is left out, it is the feed's own title.",
            example: "\"Example\"",
            in: .feed(\.title)),
        Option(
            "tags", .tags, "Words by which articles can be chosen.", example: "[\"defence\"]", in: .feed(\.tags)),
        Option(
            "interval", .span(in: intervals),
            "How often the feed is polled. If it is left out, that is as often as it publishes.",
            example: "\"30m\"",
            in: .feed(\.options.interval)),
        Option(
            "hours", .hours,
            """
            The times of day in which the feed is polled, and the time zone whose clocks they are of; without one they \
            are UTC. There may be several, with commas between them, and one may go over midnight. What is due at \
            another time waits for the next of them; `newswire poll FEED` polls at any time.
            """, example: "\"06:00-09:00, 17:00-22:00 Europe/Berlin\"", in: .feed(\.options.hours)),
        Option(
            "silent_after", .span(in: .seconds(1)...day * 3650),
            """
            After how long without anything new the feed is silent, for newswire feeds --silent and the event. If it is \
            left out, that is learnt from how it publishes, where it has been seen to for long enough.
            """, example: "\"3d\"",
            in: .feed(\.options.silentAfter)),
        Option(
            "user_agent",
            .text { text in
                let isPrintable = !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
                return isPrintable && text.utf8.count <= 1024 ? nil : "must be 1 to 1024 printable ASCII characters"
            }, "What is sent in place of newswire's own User-Agent. Publishers may take it for a masquerade.",
            example: "\"example-reader/1.0 (+https://example.org/bot)\"", in: .feed(\.options.userAgent)),
    ]

    private static let credentials: [Option] = [
        Option(
            "headers", .headers(of: .feed),
            """
            Header fields to send. Those that name a secret (Authorization, Cookie, Proxy-Authorization, names that \
            end in -Key, -Token or -Secret) must be secrets.
            """, example: "{ X-Api-Key = { file = \"secrets/example.key\" }, Accept-Language = \"de\" }",
            in: .feed(\.options.headers)),
        Option(
            "basic_auth", .login,
            "A name and a password, which is a secret. Never together with digest_auth or bearer.",
            example: "{ user = \"me\", password = { credential = \"example-password\" } }",
            in: .feed(\.options.basicAuth)),
        Option(
            "digest_auth", .login,
            """
            The same for a server that wants HTTP Digest: it sends a challenge first, so that each poll takes two \
            requests, and never gets the password itself.
            """, example: "{ user = \"me\", password = { credential = \"example-password\" } }",
            in: .feed(\.options.digestAuth)),
        Option(
            "bearer", .secret, "A secret that is sent as \"Authorization: Bearer\".",
            example: "{ env = \"EXAMPLE_TOKEN\" }", in: .feed(\.options.bearer)),
        Option(
            "client_cert", .clientCertificate,
            "A PEM file and the secret key to it. If no key is named, it is in the file of the certificate.",
            example: "{ cert = \"secrets/example.pem\", key = { file = \"secrets/example-key.pem\" } }",
            in: .feed(\.options.clientCert)),
    ]

    private static let switches: [Option] = [
        Option(
            "tls_verify", .boolean,
            "Whether certificates are verified. Only for a server whose certificate cannot be put right: false.",
            in: .feed(\.options.tlsVerify)),
        Option(
            "http2", .boolean, "Whether HTTP/2 may be used. For a server that fails with it: false.",
            in: .feed(\.options.http2)),
        Option(
            "keep_alive", .boolean, "Whether a connection is used again. For a server that fails with that: false.",
            in: .feed(\.options.keepAlive)),
        Option(
            "cookies", .word,
            """
            What becomes of cookies: "none", or "session", which sends those that a server sets back to it with the \
            redirects of the same poll, for a site that sets one and leads back. They are never kept longer.
            """, in: .feed(\.options.cookies)),
        Option(
            "aliases", .boolean, "Whether an article whose id has changed is recognised as the same.",
            in: .feed(\.options.aliases)),
        Option(
            "enabled", .boolean, "Whether the feed is polled. A feed that is not keeps its articles.",
            in: .feed(\.options.enabled)),
    ]
}

// Each table's rows once, and what holds in it where nothing is set.

extension TopSettings: OptionValues {
    static let table = OptionTable.top
    static let standard: Self? = Self()
    static let rows = Options.rows(of: Self.self)
}

extension FetchSettings: OptionValues {
    static let table = OptionTable.fetch
    static let standard: Self? = Self()
    static let rows = Options.rows(of: Self.self)
}

extension HostSettings: OptionValues {
    static let table = OptionTable.host
    static let standard: Self? = nil
    static let rows = Options.rows(of: Self.self)
}

extension ScheduleSettings: OptionValues {
    static let table = OptionTable.schedule
    static let standard: Self? = Self()
    static let rows = Options.rows(of: Self.self)
}

extension StoreSettings: OptionValues {
    static let table = OptionTable.store
    static let standard: Self? = Self(directory: "")
    static let rows = Options.rows(of: Self.self)
}

extension EventSettings: OptionValues {
    static let table = OptionTable.events
    static let standard: Self? = Self()
    static let rows = Options.rows(of: Self.self)
}

extension DeliverSettings: OptionValues {
    static let table = OptionTable.deliver
    static let standard: Self? = Self()
    static let rows = Options.rows(of: Self.self)
}

extension FullTextSettings: OptionValues {
    static let table = OptionTable.fullText
    static let standard: Self? = Self()
    static let rows = Options.rows(of: Self.self)
}

extension StatusSettings: OptionValues {
    static let table = OptionTable.status
    static let standard: Self? = Self()
    static let rows = Options.rows(of: Self.self)
}

extension LogSettings: OptionValues {
    static let table = OptionTable.log
    static let standard: Self? = Self()
    static let rows = Options.rows(of: Self.self)
}

extension FeedSettings: OptionValues {
    static let table = OptionTable.feed
    static let standard: Self? = Self(
        options: FeedOptions(
            transfer: TransferSettings(), maxAgeCap: ScheduleSettings().maxAgeCap,
            updates: StoreSettings(directory: "").updates))
    static let rows = Options.rows(of: Self.self)
}

/// The address that publishers are shown.
private enum Contact {
    static func refusal(_ text: String) -> String? {
        let form = "must be a URL such as \"https://example.org/bot\" or \"mailto:feeds@example.org\""
        guard text.utf8.count <= 512, !text.isEmpty else { return form }
        // It stands in parentheses in the User-Agent.
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !"()<>\"\\".utf8.contains($0) }) else {
            return "holds a character that cannot stand in a User-Agent"
        }
        if FeedAddress.isWeb(text) {
            if case .web = FeedAddress.web(text) { return nil }
            return form
        }
        guard FeedAddress.hasScheme(text, "mailto:") else { return form }
        let parts = text.dropFirst("mailto:".count).split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } ? nil : form
    }
}
