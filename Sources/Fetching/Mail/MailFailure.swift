import CCurl
import FeedModel

/// `MailFailure` says why a message was not taken: in a sentence for people, and by the server's number.
package struct MailFailure: Error, Sendable, Equatable {
    /// The message is a part of a sentence without a full stop, begins with the server, and is safe to show.
    package let message: String
    /// The number of the server's reply, from 400 to 599; nil where it has not refused anything.
    package let reply: Int?

    init(_ message: String, reply: Int? = nil) {
        self.message = message
        self.reply = reply
    }
}

/// What is known of a message that was not taken.
struct MailFailureFacts {
    let code: CURLcode
    let server: MailServer
    /// The last reply of the server.
    let reply: MailReply?
    /// libcurl's own words.
    let words: String
    /// A server that shows what it was sent does not bring it into a log.
    let password: String?
    /// Whether the server had asked for the message.
    let hasBegun: Bool
}

extension MailFailure {
    init(_ facts: MailFailureFacts) {
        let server = facts.server
        if let reply = facts.reply, (400..<600).contains(reply.code), !Self.isOfConnection(facts.code) {
            let said = Self.shown(reply, facts.password)
            let advice = facts.code == CURLE_LOGIN_DENIED ? "; check --smtp-user and --smtp-password" : ""
            self.init("\(server) answered \(reply.code)\(said)\(advice)", reply: reply.code)
            return
        }
        switch facts.code {
        case CURLE_COULDNT_RESOLVE_HOST:
            self.init("\(server) was not found: its name has no address; check --smtp")
        case CURLE_COULDNT_CONNECT:
            self.init("\(server) was not reached: \(SafeText.line(facts.words))")
        case CURLE_OPERATION_TIMEDOUT, CURLE_ABORTED_BY_CALLBACK:
            self.init("\(server) did not take the message within --timeout, or was not ready for it within 60 s")
        case CURLE_USE_SSL_FAILED:
            self.init(
                "\(server) offers no encryption, and nothing was sent; use smtps://, or --smtp-insecure if the network "
                    + "between is yours")
        case CURLE_PEER_FAILED_VERIFICATION:
            self.init(
                "\(server) has a certificate that is not good: \(SafeText.line(facts.words)); name the server as its "
                    + "certificate does, or give who signed it with --smtp-ca")
        case CURLE_SSL_CACERT_BADFILE:
            self.init("the certificates of --smtp-ca cannot be read: \(SafeText.line(facts.words))")
        case CURLE_SSL_CONNECT_ERROR:
            self.init(
                "\(server) was not reached by TLS: \(SafeText.line(facts.words)); check the scheme and port of --smtp")
        case _ where facts.hasBegun:
            self.init("\(server) went away before it said that it has the message, which may so come twice")
        default:
            self.init("\(server) was not reached: \(SafeText.line(facts.words))")
        }
    }

    /// Whether it went wrong whatever the server had said before.
    private static func isOfConnection(_ code: CURLcode) -> Bool {
        [
            CURLE_OPERATION_TIMEDOUT, CURLE_ABORTED_BY_CALLBACK, CURLE_PEER_FAILED_VERIFICATION,
            CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
        ]
        .contains(code)
    }

    /// `: “what the server said”` on one line; empty where it said nothing, and not its words where they may hold the password.
    private static func shown(_ reply: MailReply, _ password: String?) -> String {
        let text = String(decoding: reply.words, as: UTF8.self)
        if SecretEcho([password ?? ""]).mayShow(in: text) { return " (\(SecretEcho.withheld))" }
        return text.isEmpty ? "" : ": “\(SafeText.line(text))”"
    }
}
