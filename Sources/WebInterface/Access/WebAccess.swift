package import Configuration
package import FeedModel
internal import Locking
internal import Text
internal import Web

/// `WebAccess` knows the accounts and what may be done without one, and judges what somebody shows to prove who it is
/// (web.md §3). Any thread may use it; it never waits.
package final class WebAccess: Sendable {
    /// `Secrets` are those of one account, read.
    package struct Secrets: Sendable {
        package var password: String?
        package var token: String?

        package init(password: String? = nil, token: String? = nil) {
            self.password = password
            self.token = token
        }
    }

    /// `Verdict` is what came of a proof.
    package enum Verdict: Sendable, Equatable {
        case right(WebCaller)
        case wrong
        /// Nothing was looked at: there were too many wrong ones. It may be tried again after so many seconds.
        case later(seconds: Int)
    }

    private let current: Locked<WebRules>
    private let throttle = Locked(WebThrottle())

    /// Makes access by the settings of the moment.
    ///
    /// - Parameter secrets: those of the accounts, by their names.
    package init(_ web: WebSettings = WebSettings(), secrets: [String: Secrets] = [:]) {
        current = Locked(WebRules(web, secrets))
    }

    /// Takes settings and secrets that were read anew.
    package func adopt(_ web: WebSettings, secrets: [String: Secrets]) {
        let rules = WebRules(web, secrets)
        current.withLock { $0 = rules }
    }

    /// What holds at present.
    var rules: WebRules { current.withLock { $0 } }

    /// Judges a name and a password, as of Basic and of Google Reader's login.
    package func judge(name: String, password: String, from peer: WebRequest.Peer, at time: Timestamp) -> Verdict {
        let rules = rules
        let account = rules.accounts[name]
        return judge(rules, name: account == nil ? nil : name, peer, time) {
            // One that there is not takes as long as one that there is.
            let isSame = SecretDigest(password) == (account?.password ?? rules.nobody)
            return isSame && account?.password != nil ? account : nil
        }
    }

    /// Judges a token, as of Bearer and X-Auth-Token.
    package func judge(token: String, from peer: WebRequest.Peer, at time: Timestamp) -> Verdict {
        let rules = rules
        return judge(rules, name: nil, peer, time) {
            let digest = SecretDigest(token)
            var found: WebRules.Account?
            for account in rules.accounts.values where account.token == digest { found = account }
            return found
        }
    }

    /// Judges what a request in the Google Reader dialect says of who sent it.
    func judge(
        _ claim: GoogleReaderClaim, by key: GoogleReaderKey, from peer: WebRequest.Peer, at time: Timestamp
    ) -> Verdict {
        let rules = rules
        let account = rules.accounts[claim.account]
        var proof: GoogleReaderClaim.Verdict?
        let verdict = judge(rules, name: account?.name, peer, time) {
            // One that there is not takes as long as one that there is.
            proof = claim.verdict(password: account?.plainPassword ?? "", key: key)
            return proof != nil && account?.plainPassword != nil ? account : nil
        }
        guard case .right(var caller) = verdict, let proof else { return verdict }
        caller.proof = proof.proof
        if proof.isForReading { caller.right = min(caller.right, .read) }
        return .right(caller)
    }

    private func judge(
        _ rules: WebRules, name: String?, _ peer: WebRequest.Peer, _ time: Timestamp, _ look: () -> WebRules.Account?
    ) -> Verdict {
        var keys = name.map { [WebThrottle.Key.name($0)] } ?? []
        // Behind a proxy or a socket is everybody.
        if case .address(let address) = peer, !rules.trusts(peer) { keys.append(.network(address)) }
        if let seconds = throttle.withLock({ $0.delay(for: keys, at: time) }) { return .later(seconds: seconds) }
        guard let account = look() else {
            throttle.withLock { $0.wasWrong(keys, at: time) }
            return .wrong
        }
        throttle.withLock { $0.wasRight(account.name) }
        return .right(WebCaller(account: account.name, right: account.right))
    }
}
