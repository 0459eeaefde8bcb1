import TestSupport

/// A desk whose machine is one of a fleet.
struct FleetDesk {
    static let server = PostgreSQLServer(options: ["wal_level=minimal", "max_wal_senders=0"])

    let desk: Desk
    /// The fleet's database in the server.
    let database: String

    /// - Parameters:
    ///   - database: of a fleet that others have made; nil for one of its own.
    ///   - node: what the machine is called.
    init(database: String? = nil, node: String = "news1", more: String = "") {
        desk = Desk(feeds: [])
        self.database = database ?? "f\(UInt64.random(in: 0 ... .max))"
        if database == nil { Self.server?.sql("CREATE DATABASE \(self.database)", in: "postgres") }
        configure(node: node, more: more)
    }

    func configure(node: String = "news1", durability: String = "single", more: String = "") {
        let place = Self.server.map { "\($0.socketHost):\($0.port)" } ?? "localhost"
        desk.folder.write(
            """
            contact = "https://example.org/bot"
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
