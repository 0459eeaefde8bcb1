/// The options by which machines share their polling.
extension Options {
    private static let day: Duration = .seconds(86_400)

    static let fleet: [Option] = [
        Option(
            "engine", .text(refusal: EngineURL.refusal),
            """
            Where the engine is: PostgreSQL, as a URL that libpq knows, with all its servers. The connection is encrypted and \
            the certificate verified, but on this machine. It must be set, and has no password in it.
            """, example: "\"postgresql://newswire@db1,db2,db3/newswire\"", in: .fleet(\.engine)),
        Option(
            "password", .secret,
            "The password to log in with, which is a secret. In its place the URL may have sslcert= and sslkey=.",
            example: "{ credential = \"fleet\" }", in: .fleet(\.password)),
        Option(
            "node", .text(refusal: FleetSettings.refusal(node:)),
            "What this machine is called in the fleet. Empty, the default: as the host is, without its domain.",
            in: .fleet(\.node)),
        Option(
            "lease", .span(in: .seconds(6) ... .seconds(300)),
            """
            How long others wait for a sign of this machine before they poll its sites. It gives one each quarter of that, and \
            stops itself when three quarters have passed without the engine.
            """, in: .fleet(\.lease)),
        Option(
            "weight", .integer(in: 0...16),
            "How many parts of the sites this machine takes, beside those of the others. With 0 it polls nothing.",
            in: .fleet(\.weight)),
        Option(
            "log_keep", .span(in: .seconds(3600)...day * 31),
            "How long the engine keeps what all machines have. One that was away longer needs a copy of another's store.",
            in: .fleet(\.logKeep)),
        Option(
            "durability", .word,
            """
            Who sees to it that the engine loses nothing with one of its servers: a "synchronous" standby; the storage of a \
            cloud, which is "managed"; or nobody, as it is a "single" server whose standby is never promoted.
            """, in: .fleet(\.durability)),
    ]
}
