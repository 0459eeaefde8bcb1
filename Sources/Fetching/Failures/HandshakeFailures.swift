import FeedModel

/// What is wrong where TLS came to nothing before a certificate could be judged.
extension FetchFailure {
    /// What OpenSSL says of a handshake that came to nothing, by a part of its words.
    private static let handshakes: [(words: String, message: String, advice: String)] = [
        (
            "wrong version number", "what answers on that port does not speak TLS",
            "write http:// where the server has no TLS, or another port"
        ),
        ("packet length too long", "what answers on that port does not speak TLS", "check the URL's scheme and port"),
        ("http request", "what answers on that port speaks plain HTTP", "write http:// where the server has no TLS"),
        (
            "unsupported protocol", "the server knows only versions of TLS that are too old",
            "the publisher must allow TLS 1.2 or later"
        ),
        (
            "protocol version", "the server refuses the versions of TLS that this machine offers",
            "the publisher must allow TLS 1.2 or later"
        ),
        ("no protocols available", "this machine allows no version of TLS", "check openssl.cnf"),
        (
            "handshake failure",
            "the server refuses the handshake: no cipher that both sides know, or a name that it "
                + "does not serve", "check the host's name; the server's TLS may be too old"
        ),
        (
            "unrecognized name", "the server does not know the name that was asked for",
            "check the host's name; the feed may have moved"
        ),
        (
            "certificate required", "the server wants a client certificate", "set client_cert, or ask the publisher"
        ),
        ("bad certificate", "the server refuses the client certificate", "check client_cert"),
        ("unknown ca", "the server does not know who signed the client certificate", "check client_cert"),
        ("access denied", "the server refuses this client", "ask the publisher; it may be blocking newswire"),
        (
            "dh key too small", "the server's key exchange is too weak", "the publisher must use stronger parameters"
        ),
        (
            "unsafe legacy renegotiation", "the server has an old TLS that is not safe",
            "the publisher must renew the server's software"
        ),
        ("internal error", "the server's TLS has a problem of its own", "it is asked again later"),
    ]

    static func handshake(_ facts: TransferFacts) -> FetchFailure {
        for known in handshakes where facts.words.contains(known.words) {
            return FetchFailure(
                .tls, "no TLS connection: \(known.message) (\(facts.words))", advice: known.advice)
        }
        if facts.words.isEmpty || facts.words.contains("SSL_ERROR_SYSCALL") || facts.words.contains("reset")
            || facts.words.contains("unexpected eof")
        {
            return FetchFailure(
                .tls, "no TLS connection: it was closed during the handshake (\(facts.words))",
                advice: "a firewall on the way may do that, this side's or the publisher's; check the host's name, too")
        }
        return FetchFailure(
            .tls, "no TLS connection: \(facts.words)", advice: "the server's TLS may be too old; tell the publisher")
    }
}
