/// `TLSWords` tells what a library says of TLS apart, for which it has one code.
enum TLSWords {
    /// Tells whether the two do not trust each other, or do not speak the same, and trying again will not help. A connection that
    /// was lost in the middle is called an error of TLS as well.
    ///
    /// - Parameter text: of OpenSSL, which nothing translates; nats.c says where in a chain a certificate is wrong.
    static func areOfTrust(_ text: String) -> Bool {
        ["certificate", ":depth=", "alert", "wrong version number"].contains { text.contains($0) }
    }

    /// Tells whether a server says of newswire's certificate that it is missing or that it does not trust it. What is wrong with a
    /// server's own is found here, and no alert.
    ///
    /// - Parameter text: as of `areOfTrust`.
    static func areOfOurCertificate(_ text: String) -> Bool {
        text.contains("alert") && ["certificate", "unknown ca"].contains { text.contains($0) }
    }
}
