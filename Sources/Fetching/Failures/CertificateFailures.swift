import FeedModel

/// What is wrong with a server's certificate, by the result of OpenSSL's verification (security.md §13): each of its
/// codes has a sentence and an advice of its own.
struct CertificateProblem {
    /// The verdict is of one of these kinds for the person who reads of it.
    enum Kind {
        /// The dates do not hold by the clock of this machine, which may be the one that is wrong.
        case early, late
        /// The way to an authority that is known here is not complete.
        case chain
        case other
    }

    let kind: Kind
    let message: String
    let advice: String

    private init(_ message: String, _ advice: String, _ kind: Kind = .other) {
        self.kind = kind
        self.message = message
        self.advice = advice
    }

    /// - Parameters:
    ///   - result: CURLINFO_SSL_VERIFYRESULT, an X509_V_ERR_* of OpenSSL; 0 where all of it held but the host's name.
    ///   - host: that the request was for.
    init(verifyResult result: Int, host: String) {
        self =
            result == 0
            ? Self(
                "its certificate is for another name than \(host)",
                "the publisher must get one for this name; look whether the feed has another host's name by now")
            : Self.table[result]
                ?? Self(
                    "its certificate was refused (OpenSSL's result \(result))",
                    "tell the publisher; ca_file or tls_verify can make an exception")
    }

    private static let publisher = "the publisher must put it right; ca_file or tls_verify can make an exception"
    private static let authority = "the authority that signed it must put it right; tell the publisher"
    private static let own = "check ca_file and the ca-certificates of this machine"
    private static let chain =
        "the publisher must send the intermediate certificates (the whole chain); for an authority of your own set "
        + "ca_file"
    private static let ownAuthority = "for an authority of your own set ca_file; else tell the publisher"
    private static let revocation =
        "newswire asks for no revocation list: check the settings of OpenSSL on this machine"
    private static let delegation =
        "newswire asks for none of this: check the settings of OpenSSL on this machine (openssl.cnf)"

    /// By the numbers of openssl/x509_vfy.h, which are the same in all of its versions.
    private static let table: [Int: CertificateProblem] = [
        1: Self("its certificate could not be verified, for a reason that OpenSSL does not name", publisher),
        2: Self("the certificate of an authority in its chain is missing, neither sent nor known here", chain, .chain),
        3: Self("the revocation list of its authority is missing", revocation),
        4: Self("the signature of its certificate cannot be read", publisher),
        5: Self("the signature of a revocation list cannot be read", revocation),
        6: Self("the public key of its authority cannot be read", authority),
        7: Self("the signature of its certificate is wrong", publisher),
        8: Self("the signature of a revocation list is wrong", revocation),
        9: Self("its certificate is not valid yet", "if the clock is right, tell the publisher", .early),
        10: Self("its certificate has expired", "the publisher must renew it", .late),
        11: Self("a revocation list is not valid yet", revocation),
        12: Self("a revocation list has expired", revocation),
        13: Self("its certificate does not say properly from when it is valid", publisher),
        14: Self("its certificate does not say properly until when it is valid", publisher),
        15: Self("a revocation list does not say properly when it was made", revocation),
        16: Self("a revocation list does not say properly when the next comes", revocation),
        17: Self("memory was short when its certificate was verified", "poll fewer feeds at a time"),
        18: Self(
            "its certificate is self-signed: no authority vouches for it",
            "the publisher must get one from an authority; name it in ca_file if you trust it"),
        19: Self("a self-signed authority that is not known here has signed its certificate", ownAuthority),
        20: Self(
            "its chain of certificates is incomplete, or leads to an authority that is not known here", chain, .chain),
        21: Self("its certificate came alone, and what signed it is not known here", chain, .chain),
        22: Self("its chain of certificates is too long", publisher),
        23: Self("its certificate was revoked", "the publisher must get another one; trust nothing it says"),
        24: Self("the certificate that signed it is no authority's, or shows no key", publisher),
        25: Self("its chain of certificates is longer than one of its authorities allows", authority),
        26: Self("its certificate is not meant for a server", publisher),
        27: Self("the authority of its certificate is not trusted for servers", own),
        28: Self("the authority of its certificate is rejected for servers", own),
        29: Self("what signed its certificate has another name than the certificate says", chain),
        30: Self("what signed its certificate has another key than the certificate says", chain),
        31: Self("what signed its certificate has another number than the certificate says", chain),
        32: Self("what signed its certificate may sign none", authority),
        33: Self("the certificate that signs a revocation list is missing", revocation),
        34: Self("its certificate has a critical extension that OpenSSL does not know", publisher),
        35: Self("what signs a revocation list may sign none", revocation),
        36: Self("a revocation list has a critical extension that OpenSSL does not know", revocation),
        37: Self("what signed a certificate in its chain is an authority and may not be one", publisher),
        38: Self("a proxy certificate in its chain goes beyond its length", publisher),
        39: Self("its certificate is not meant for signatures", publisher),
        40: Self("its chain has a proxy certificate, which is not allowed", publisher),
        41: Self("an extension of its certificate is not right", publisher),
        42: Self("the policies of its certificate are not right", publisher),
        43: Self("its certificate has no policy that is wanted", delegation),
        44: Self("the scope of a revocation list differs", revocation),
        45: Self("its certificate has a feature that OpenSSL does not support", publisher),
        46: Self("its certificate names addresses that no authority has given it", authority),
        47: Self("its certificate has a name that its authority may not vouch for", authority),
        48: Self("its certificate has a name that its authority excludes", authority),
        49: Self("the limits of names in its chain are of a kind that OpenSSL does not know", authority),
        50: Self("the verification of its certificate was broken off by this program", "report this as a bug"),
        51: Self("the limits of names in its chain have a form that OpenSSL does not know", authority),
        52: Self("the limits of names in its chain are not right", authority),
        53: Self("a name in its certificate has a form that OpenSSL does not know", publisher),
        54: Self("the path to a revocation list could not be verified", revocation),
        55: Self("the chain of proxy certificates loops", publisher),
        56: Self("its certificate does not suit the Suite B of OpenSSL: the version", delegation),
        57: Self("its certificate does not suit the Suite B of OpenSSL: the algorithm", delegation),
        58: Self("its certificate does not suit the Suite B of OpenSSL: the curve", delegation),
        59: Self("its certificate does not suit the Suite B of OpenSSL: the signature", delegation),
        60: Self("its certificate does not suit the Suite B of OpenSSL: the level of security", delegation),
        61: Self("a certificate signed with P-384 stands below one with P-256", delegation),
        62: Self(
            "its certificate is for another host's name",
            "the publisher must get one for this name; look whether the feed has another host's name by now"),
        63: Self("its certificate is for another e-mail address", publisher),
        64: Self(
            "its certificate is for another address", "ask the server by the host's name that is in the certificate"),
        65: Self("no certificate fits what DNS says of the server (DANE)", publisher),
        66: Self("the key of its certificate is too weak", "the publisher must get a certificate with a longer key"),
        67: Self("the key of an authority in its chain is too weak", authority),
        68: Self(
            "its certificate, or one in its chain, has a signature that is too weak (SHA-1 or MD5)",
            "the publisher must get one with a stronger signature"),
        69: Self("OpenSSL was asked to verify nothing", "report this as a bug in newswire"),
        70: Self("the authority was to be looked up elsewhere", "report this as a bug in newswire"),
        71: Self("its certificate is not logged as it should be", publisher),
        72: Self("what signed its certificate, and certificates for proxies, may not be the same", publisher),
        73: Self("the answer about its revocation has not come", revocation),
        74: Self("the answer about its revocation could not be verified", revocation),
        75: Self("the answer about its revocation does not know it", revocation),
        76: Self("its certificate has a signature of an algorithm that OpenSSL does not know", publisher),
        77: Self("the signature of its certificate is not of the algorithm of its authority's key", authority),
        78: Self("its certificate names two algorithms for one signature", publisher),
        79: Self("what signed its certificate is no authority", publisher),
        80: Self("a path length stands in a certificate that is no authority's", publisher),
        81: Self("an authority in its chain has a path length but may sign no certificates", authority),
        82: Self("a certificate in its chain may sign others and is no authority's", publisher),
        83: Self("a certificate in its chain has no issuer", publisher),
        84: Self("an authority in its chain has no name", authority),
        85: Self("a certificate in its chain does not name its authority's key", publisher),
        86: Self("an authority in its chain does not name its own key", authority),
        87: Self("its certificate has an empty list of names", publisher),
        88: Self("its certificate has no subject, and a list of names that is not critical", publisher),
        89: Self("an authority in its chain does not say critically that it is one", authority),
        90: Self("a certificate in its chain names its authority's key critically", authority),
        91: Self("a certificate in its chain names its own key critically", authority),
        92: Self("an authority in its chain does not say what its key is for", authority),
        93: Self("a certificate in its chain has extensions in a version that has none", publisher),
        94: Self("a key in its chain is on a curve without a name", publisher),
    ]
}

/// What the look at a refused certificate has found.
struct CertificateFacts {
    /// As OpenSSL prints them: `Jan  1 00:00:00 2026 GMT`.
    var start: String?
    var end: String?
    /// Who has signed it, as OpenSSL prints it: `C = US, O = Example, CN = Example R3`.
    var issuer: String?
    /// So many certificates the server has sent.
    var sent = 0
}

extension FetchFailure {
    /// A certificate that was refused.
    ///
    /// - Parameters:
    ///   - facts: nil where nothing more is known of it.
    ///   - now: what the clock of this machine says, which the dates were compared with.
    ///   - isClockDoubtful: something has said that this clock is wrong (contract.md §6).
    static func certificate(
        verifyResult: Int, host: String, facts: CertificateFacts?, now: Timestamp, isClockDoubtful: Bool
    ) -> FetchFailure {
        let problem = CertificateProblem(verifyResult: verifyResult, host: host)
        var message = problem.message
        var advice = problem.advice
        switch problem.kind {
        case .early, .late:
            let clock = "this machine's clock says \(now)"
            if isClockDoubtful {
                message += ", by a clock that is wrong: \(clock)"
                advice = "set the clock of this machine"
            } else {
                message += "; \(clock)"
                advice = "check that clock; \(advice)"
            }
        case .chain:
            if let issuer = facts?.issuer {
                message += " (signed by \(oneLine(issuer)); certificates sent: \(facts?.sent ?? 0))"
            }
        case .other: break
        }
        if let start = facts?.start, let end = facts?.end {
            message += " (it is valid from \(oneLine(start)) to \(oneLine(end)))"
        }
        return FetchFailure(.tls, message, advice: advice)
    }

    /// Words that can repeat what a server said, fit to stand in a sentence.
    static func oneLine(_ text: String) -> String {
        String(text.unicodeScalars.prefix(200).map { SafeText.isUnsafe($0) ? " " : Character($0) })
    }
}
