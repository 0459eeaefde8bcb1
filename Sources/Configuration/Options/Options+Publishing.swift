private import Web

extension Options {
    /// The rows of `[publish.NAME]`.
    static let publish: [Option] = [
        Option(
            "url", .bus,
            """
            The bus: nats://, kafka://, postgresql:// or redis://, and its servers, separated by commas. Of PostgreSQL the \
            database stands behind them, and may stand there of Redis. A Unix socket is written with %2F for each slash: \
            redis://%2Frun%2Fredis%2Fredis.sock. It must be set.
            """, example: "\"nats://bus1:4222,bus2:4222\"", in: .publish(\.url)),
        Option(
            "to", .text(refusal: PublishPlace.refusal(ofPlace:)),
            """
            The subject (NATS), topic (Kafka), table (PostgreSQL) or stream (Redis) that articles go to. A subject may have \
            the tokens {feed} and {kind}. It must be set.
            """, example: "\"newswire.articles\"", in: .publish(\.to)),
        Option(
            "user", .text(refusal: PublishPlace.refusal(ofUser:)), "The name to log in with.", example: "\"newswire\"",
            in: .publish(\.user)),
        Option(
            "password", .secret, "The password to log in with, which is a secret.",
            example: "{ credential = \"bus-password\" }", in: .publish(\.password)),
        Option(
            "credentials", .secret,
            "For NATS: a file of credentials, with a token and the key to it, which is a secret.",
            example: "{ file = \"secrets/bus.creds\" }", in: .publish(\.credentials)),
        Option(
            "tls", .boolean,
            """
            Whether the connection is encrypted; then the server's certificate is always verified. If it is left out, it is \
            encrypted, but not on this machine.
            """, example: "true", in: .publish(\.ownTLS)),
        Option(
            "ca_file", .requiredPath,
            "The certificates of the authorities that are believed, in PEM. If it is left out, those of the system are.",
            example: "\"bus-ca.pem\"", in: .publish(\.caFile)),
        Option(
            "client_cert", .clientCertificate,
            "A PEM file that shows the server who asks, and the secret key to it.",
            example: "{ cert = \"bus.pem\", key = { file = \"secrets/bus-key.pem\" } }", in: .publish(\.clientCert)),
        Option(
            "feeds", .feedIDs, "Ids of feeds of which articles come. If it is left out, those of all do.",
            example: "[\"example\"]", in: .publish(\.feeds)),
        Option(
            "tags", .tags,
            """
            Only articles to which a rule has given one of these labels, or whose feed had one of these tags. If it is left \
            out, all come.
            """, example: "[\"defence\"]", in: .publish(\.tags)),
        Option("updates", .boolean, "Whether edits come, too.", in: .publish(\.updates)),
        Option(
            "duplicates", .boolean, "Whether articles come that another feed had first.", in: .publish(\.duplicates)),
        Option(
            "initial", .boolean, "Whether what was in a feed already when it was first polled comes.",
            in: .publish(\.initial)),
        Option(
            "batch", .integer(in: PublishSettings.batches), "How many articles are published at a time, at most.",
            in: .publish(\.batch)),
        Option(
            "options", .busOptions,
            """
            More of the bus: for Kafka any property of librdkafka but those that say what newswire promises; for Redis \
            maxlen, the length to which the stream is cut about; for NATS replicas and domain. What is secret is written as \
            a secret.
            """, example: "{ replicas = 3 }", in: .publish(\.extras)),
    ]
}
