import TestSupport
import Testing

/// A desk whose machine is one of a fleet.
struct FleetDesk {
    static let server = PostgreSQLServer(options: ["wal_level=minimal", "max_wal_senders=0"])

    let desk: Desk
    /// The fleet's database in the server.
    let database: String
    /// What the machine is called.
    let node: String

    /// - Parameters:
    ///   - database: of a fleet that others have made; nil for one of its own.
    init(database: String? = nil, node: String = "news1", more: String = "") {
        desk = Desk(feeds: [])
        self.node = node
        self.database = database ?? "f\(UInt64.random(in: 0 ... .max))"
        if database == nil { Self.server?.sql("CREATE DATABASE \(self.database)", in: "postgres") }
        configure(more: more)
    }

    func configure(contact: String = "https://example.org/bot", durability: String = "single", more: String = "") {
        let place = Self.server.map { "\($0.socketHost):\($0.port)" } ?? "localhost"
        desk.folder.write(
            """
            contact = "\(contact)"
            [fetch]
            private_networks = "allow"
            host_delay = "0s"
            [store]
            directory = "store"
            [fleet]
            engine = "postgresql://newswire@\(place)/\(database)"
            node = "\(node)"
            lease = "6s"
            durability = "\(durability)"
            \(more)
            """, to: "newswire.toml")
    }

    func fleet(_ words: String...) async -> ChildProcess.Ending { await desk.run(["fleet"] + words) }

    @discardableResult
    func sql(_ statement: String) -> [String]? { Self.server?.sql(statement, in: database) }
}

/// Two machines of a fleet, and what they poll.
extension FleetDesk {
    /// A store that is the fleet's and has two articles, and a copy of it for a second machine.
    static func pair() async throws -> (one: FleetDesk, two: FleetDesk) {
        let one = FleetDesk(node: "one")
        try one.desk.store([StoredArticle("a"), StoredArticle("b")])
        try #require(await one.fleet("init").status == 0)
        let two = FleetDesk(database: one.database, node: "two")
        try #require(await two.copyStore(of: one).status == 0)
        return (one, two)
    }

    func copyStore(of other: FleetDesk) async -> ChildProcess.Ending {
        await desk.shell("rm -rf $DIR/store && cp -a \(other.desk.folder.path)/store $DIR/store")
    }

    /// Starts the service and waits until it polls.
    func service() async -> ChildProcess {
        let service = desk.service()
        #expect(await PublishDesk.waits { shards > 0 }, "\(service.errors)")
        return service
    }

    /// How many shards the machine has.
    var shards: Int {
        let rows = sql("SELECT count(*) FROM newswire.shard JOIN newswire.node USING (run) WHERE name = '\(node)'")
        return rows?.first.flatMap { Int($0) } ?? 0
    }

    /// Waits until the store has so many articles.
    func has(_ count: Int) async -> Bool { await PublishDesk.waits { await desk.run("dump").lines.count == count } }

    /// Lets feeds be polled once a second.
    static let schedule = "\n[schedule]\nmin_interval = \"1s\"\n"

    /// A table of the configuration, of a feed that is polled once a second.
    static func feed(_ url: String, id: String) -> String {
        """

        [[feed]]
        url = "\(url)"
        id = "\(id)"
        interval = "1s"
        """
    }

    /// A document with so many items.
    static func document(_ count: Int, titled title: String = "Title") -> LoopbackResponse {
        let items = (1...count).map { "<item><guid>\($0)</guid><title>\(title) \($0)</title></item>" }.joined()
        return LoopbackResponse(body: "<rss version=\"2.0\"><channel><title>T</title>\(items)</channel></rss>")
    }
}
