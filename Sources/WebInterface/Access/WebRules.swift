internal import Configuration
internal import Digest
internal import Text
internal import Web

/// Who may do what, as it is at one moment.
final class WebRules: Sendable {
    struct Account: Sendable {
        let name: String
        let right: WebRight
        let password: SecretDigest?
        let token: SecretDigest?
        /// For the key of Google Reader's login, which is made from it.
        let plainPassword: String?
    }

    let web: WebSettings
    let accounts: [String: Account]
    /// What nobody's password is.
    let nobody: SecretDigest
    /// In lower case; empty for none.
    let proxyHeader: String
    /// What somebody may do who does not say who it is.
    let anonymous: WebRight
    /// Names and addresses by which this may be asked, without brackets and ports.
    private let hosts: Set<String>
    /// Whether any address is one that is listened on.
    private let listensEverywhere: Bool

    init(_ web: WebSettings, _ secrets: [String: WebAccess.Secrets]) {
        self.web = web
        var accounts: [String: Account] = [:]
        for account in web.accounts {
            let secret = secrets[account.name]
            accounts[account.name] = Account(
                name: account.name, right: WebRight(account.rights),
                password: (secret?.password).map(SecretDigest.init), token: (secret?.token).map(SecretDigest.init),
                plainPassword: secret?.password)
        }
        self.accounts = accounts
        nobody = SecretDigest("")
        proxyHeader = web.proxyHeader.lowercased()
        anonymous = web.effectiveAnonymous == .read ? .read : .nothing
        var hosts: Set<String> = ["localhost", "127.0.0.1", "::1"]
        hosts.formUnion(web.hosts)
        var listensEverywhere = false
        for case .address(let address, _) in web.listen {
            hosts.insert(address.description)
            switch address {
            case .v4(0), .v6(0, 0): listensEverywhere = true
            default: break
            }
        }
        self.hosts = hosts
        self.listensEverywhere = listensEverywhere
    }

    /// Whether this is asked by a name of its own. A page of the web may have its own name lead here, and have a browser ask
    /// by that; by an address it can ask for nobody else.
    func isOwn(host: String) -> Bool {
        var host = host.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        return hosts.contains(host) || listensEverywhere && IPAddress(host) != nil
    }

    /// Whether a name was named in `[web] hosts`, under whatever port that is reached.
    func isNamed(host: String) -> Bool { web.hosts.contains(host.lowercased()) }

    /// Whether somebody is believed when it says who asks.
    func trusts(_ peer: WebRequest.Peer) -> Bool {
        web.trustedProxies.contains { proxy in
            switch (proxy, peer) {
            case (.unixSocket, .unixSocket): true
            case (.block(let block), .address(let address)): block.contains(address)
            default: false
            }
        }
    }
}

extension WebRight {
    init(_ rights: WebAccountSettings.Rights) {
        self =
            switch rights {
            case .read: .read
            case .mark: .mark
            case .manage: .manage
            }
    }
}

/// What is compared in place of a secret, in a time that does not depend on where two differ.
struct SecretDigest: Sendable, Equatable {
    private let bytes: [UInt8]

    init(_ secret: String) {
        var digest = MessageDigest(.sha256)
        digest.update(secret)
        bytes = digest.finish()
    }

    static func == (left: Self, right: Self) -> Bool {
        var difference: UInt8 = 0
        for (left, right) in zip(left.bytes, right.bytes) { difference |= left ^ right }
        return difference == 0 && left.bytes.count == right.bytes.count
    }
}
