/// `GoogleReaderClaim` is what a request in the Google Reader dialect says of who sent it, still to be checked.
///
/// The access layer looks for one where no other header says who asks, and checks it with `verdict`; it counts wrong ones
/// as it does wrong passwords.
package struct GoogleReaderClaim: Sendable, Equatable {
    package enum Evidence: Sendable, Equatable {
        /// A login. Readers do not always escape what people type, so that there are several ways to read a password.
        case password([String])
        /// `Authorization: GoogleLogin auth=NAME/KEY`.
        case key(String)
        /// `T=NAME/KEY` in the place of the header, as Liferea sends it (web.md §8.6).
        case keyForReading(String)
    }

    /// What a claim comes to that is true.
    package struct Verdict: Sendable, Equatable {
        /// For `WebCaller.proof`; nil where nobody has logged in with this request.
        package var proof: String?
        /// Whether it proves reading and nothing more, whatever the account may do.
        package var isForReading: Bool
    }

    /// The name of the account, which need not be there.
    package let account: String
    package let evidence: Evidence

    /// - Returns: nil where the request is of another part of the site, or says nothing.
    package init?(_ request: WebRequest) {
        if let value = request.headers["authorization"] {
            guard let proof = Self.proof(inHeader: value), let account = Self.account(of: proof) else { return nil }
            self.account = account
            evidence = .key(proof)
            return
        }
        guard let path = GoogleReaderPath(request.segments) else { return nil }
        let fields = GoogleReaderFields(request)
        switch path.parts {
        case ["accounts", "ClientLogin"]:
            guard let account = fields["Email"], !account.isEmpty else { return nil }
            self.account = account
            evidence = .password(fields.passwords)
        case ["reader", "api", "0", "stream", "items", "contents"]:
            guard let proof = fields["T"], let account = Self.account(of: proof) else { return nil }
            self.account = account
            evidence = .keyForReading(proof)
        default: return nil
        }
    }

    /// Checks the claim; nil where it is wrong. Takes as long for a wrong one as for a right one.
    ///
    /// - Parameter password: the account's. Where there is no such account, or it has none, the claim is wrong.
    package func verdict(password: String, key: GoogleReaderKey) -> Verdict? {
        let right = key.proof(account: account, password: password)
        switch evidence {
        case .password(let candidates):
            // Proofs are of one length, and tell nothing of the password by the time that comparing them takes.
            let isRight = candidates.reduce(false) { isRight, candidate in
                Self.isSame(key.proof(account: account, password: candidate), right) || isRight
            }
            return isRight ? Verdict(proof: right, isForReading: false) : nil
        case .key(let proof): return Self.isSame(proof, right) ? Verdict(proof: nil, isForReading: false) : nil
        case .keyForReading(let proof): return Self.isSame(proof, right) ? Verdict(proof: nil, isForReading: true) : nil
        }
    }

    private static func isSame(_ given: String, _ right: String) -> Bool {
        let (given, right) = (Array(given.utf8), Array(right.utf8))
        guard given.count == right.count else { return false }
        return zip(given, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Reads `GoogleLogin auth=NAME/KEY`; nil for any other header.
    private static func proof(inHeader value: String) -> String? {
        let words = value.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "googlelogin", words[1].hasPrefix("auth=") else { return nil }
        return String(words[1].dropFirst(5))
    }

    private static func account(of proof: String) -> String? {
        guard let slash = proof.lastIndex(of: "/"), slash > proof.startIndex else { return nil }
        return String(proof[..<slash])
    }
}

/// `GoogleReaderPath` is a path of the dialect without what readers put in front of it (web.md §8).
struct GoogleReaderPath: Sendable, Equatable {
    /// Begins with `accounts` or `reader`.
    let parts: [String]

    /// The folders below which the dialect is spoken.
    static let prefixes = ["", "/greader", "/api/greader.php"]

    init?(_ segments: [String]) {
        var rest = segments[...]
        if rest.first == "greader" {
            rest = rest.dropFirst()
        } else if rest.starts(with: ["api", "greader.php"]) {
            rest = rest.dropFirst(2)
        }
        guard let first = rest.first, first == "accounts" || first == "reader" else { return nil }
        parts = Array(rest)
    }
}
