private import FeedModel

/// `PostgreSQLFailure` says why a server of PostgreSQL did not do what it was asked for.
package struct PostgreSQLFailure: Error, Equatable, Sendable {
    /// `Kind` says what a person, or time, can do about it.
    package enum Kind: Equatable, Sendable {
        /// It is not there, or went away: it will come again.
        case away
        /// It is there, and did not take the statement.
        case refused
        /// It does not let newswire in, or do that.
        case notPermitted
        /// It does not show by TLS that it is who is meant, or there is no TLS with it.
        case untrusted
        /// What is asked for is not there, such as a table.
        case misconfigured
        /// newswire is to stop.
        case stopped
    }

    package var kind: Kind
    /// The reason is a sentence without a full stop, without secrets.
    package var reason: String
    /// Five characters (PostgreSQL, appendix A); nil where the server has not said it.
    package var code: String?

    package init(_ kind: Kind, _ reason: String, code: String? = nil) {
        self.kind = kind
        self.reason = reason
        self.code = code
    }
}

/// What PostgreSQL or libpq says of an error.
struct PostgreSQLError {
    /// Five characters (PostgreSQL, appendix A); nil where the server has not said it.
    let code: String?
    let text: String

    /// - Parameter code: nil to take it from the text, where libpq writes it before the server's words.
    init(code: String? = nil, text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
            .filter { !$0.hasPrefix("LOCATION:") }
        self.code = code ?? Self.code(in: lines)
        self.text = SafeText.line(lines.joined(separator: "; ").trimmedOfNoise(self.code))
    }

    /// Finds `28P01` in `FATAL:  28P01: password authentication failed`.
    private static func code(in lines: [Substring]) -> String? {
        for line in lines {
            for word in line.split(separator: " ") where word.utf8.count == 6 && word.hasSuffix(":") {
                let code = word.dropLast()
                if code.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x41...0x5a ~= $0 }),
                    code.utf8.contains(where: { 0x30...0x39 ~= $0 })
                {
                    return String(code)
                }
            }
        }
        return nil
    }

    func failure(_ server: String, doing deed: String) -> PostgreSQLFailure {
        PostgreSQLFailure(
            kind, "\(server) \(deed): \(text.isEmpty ? "it closed the connection" : text)", code: code)
    }

    /// Whether a login has failed for want of a certificate or key that both sides take, or of TLS itself. libpq has no code for
    /// that, and says it in words: those of its own and of OpenSSL, which nothing translates here, as no locale is set.
    var isOfTLS: Bool {
        code == nil
            && [
                "certificate", "private key", "does not support SSL", "SSL error: tls", "SSL error: ssl",
                "wrong version",
            ]
            .contains { text.contains($0) }
    }

    private var kind: PostgreSQLFailure.Kind {
        guard let code else { return .away }
        switch code.prefix(2) {
        // Connection exceptions, too many connections, an administrator's stop.
        case "08", "53", "57": return .away
        // Roles, passwords, pg_hba.conf; rights.
        case "28": return .notPermitted
        // No such database or schema.
        case "3D", "3F": return .misconfigured
        case "42": return code == "42501" ? .notPermitted : .misconfigured
        // A standby in the place of the primary.
        case "25": return .away
        default: return .refused
        }
    }
}

extension String {
    /// Takes out the code, which a message says by itself.
    fileprivate func trimmedOfNoise(_ code: String?) -> String {
        guard let code else { return self }
        return replacing(" \(code):", with: "")
    }
}
