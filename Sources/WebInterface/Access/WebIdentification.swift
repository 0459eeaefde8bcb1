internal import Text

/// Finds out who asks (web.md §3.3, §3.4).
struct WebIdentification {
    private let access: WebAccess
    private let rules: WebRules
    private let readerKey: GoogleReaderKey

    init(_ house: WebHouse, _ rules: WebRules) {
        access = house.parts.access
        readerKey = house.parts.readerKey
        self.rules = rules
    }

    /// Takes the header in which a proxy says who asks out of a request that no trusted proxy has sent, and returns what a
    /// trusted one says; nil where it says nothing.
    func takeProxyName(from request: inout WebRequest) throws(WebFailure) -> String? {
        guard !rules.proxyHeader.isEmpty else { return nil }
        let names = request.headers.values(of: rules.proxyHeader)
        guard !names.isEmpty else { return nil }
        guard rules.trusts(request.peer) else {
            request.headers.all.removeAll { $0.name == rules.proxyHeader }
            return nil
        }
        guard names.count == 1 else {
            throw WebFailure(
                400, "the proxy says of several people that they ask", hint: "It has to set the header, not add to it.")
        }
        return names[0].isEmpty ? nil : names[0]
    }

    /// - Parameter proxyName: whom a trusted proxy has named.
    func caller(_ request: WebRequest, _ section: WebSection, proxyName: String?) throws(WebFailure) -> WebCaller {
        switch section {
        case .asset: return WebCaller(account: nil, right: .nothing)
        case .googleReader, .miniflux:
            // These take no browser's word: what a browser or a proxy sends by itself changes nothing (web.md §3.6).
            if section == .googleReader, let claim = GoogleReaderClaim(request) {
                return try caller(
                    access.judge(claim, by: readerKey, from: request.peer, at: request.receivedAt), section)
            }
            if let proof = Proof(request) { return try caller(by: proof, request, section) }
            guard let proxyName, let account = rules.accounts[proxyName] else {
                return WebCaller(account: nil, right: .nothing)
            }
            return WebCaller(account: account.name, right: min(account.right, .read))
        case .page, .api, .output:
            if let proxyName {
                guard let account = rules.accounts[proxyName] else { return WebCaller(account: nil, right: .read) }
                return WebCaller(account: account.name, right: account.right)
            }
            if let proof = Proof(request) { return try caller(by: proof, request, section) }
            if section == .output, let token = request.query["token"] {
                var caller = try caller(by: .token(token), request, section)
                // Whoever the address is passed on to may read, and no more.
                caller.right = min(caller.right, .read)
                return caller
            }
            return WebCaller(account: nil, right: rules.anonymous)
        }
    }

    private func caller(
        by proof: Proof, _ request: WebRequest, _ section: WebSection
    ) throws(WebFailure) -> WebCaller {
        let verdict =
            switch proof {
            case .password(let name, let password):
                access.judge(name: name, password: password, from: request.peer, at: request.receivedAt)
            case .token(let token): access.judge(token: token, from: request.peer, at: request.receivedAt)
            case .unreadable: WebAccess.Verdict.wrong
            }
        return try caller(verdict, section)
    }

    private func caller(_ verdict: WebAccess.Verdict, _ section: WebSection) throws(WebFailure) -> WebCaller {
        switch verdict {
        case .right(let caller): return caller
        case .wrong:
            throw WebFailure(
                401, "the name, password or token is wrong", hint: "Accounts are in [[web.account]] of newswire.toml.",
                headers: Self.challenge(section))
        case .later(let seconds): throw Self.tooMany(seconds)
        }
    }

    /// What is said to who has to say who it is.
    static func unknown(_ section: WebSection) -> WebFailure {
        WebFailure(
            401, "this needs an account, and the request names none",
            hint:
                "Ask with its name and password, or with its token: [[web.account]] of newswire.toml has the accounts.",
            headers: challenge(section))
    }

    static func tooMany(_ seconds: Int) -> WebFailure {
        WebFailure(
            429, "there were too many wrong passwords or tokens", hint: "Try again in \(seconds) s.",
            headers: WebFields([.init("Retry-After", "\(seconds)")]))
    }

    /// A browser shows its dialog where it finds this. Readers of feeds that speak Google's interface have one of their own.
    private static func challenge(_ section: WebSection) -> WebFields {
        section == .googleReader
            ? WebFields() : WebFields([.init("WWW-Authenticate", "Basic realm=\"newswire\", charset=\"UTF-8\"")])
    }
}

/// What somebody shows to prove who it is.
enum Proof: Equatable {
    case password(name: String, String)
    case token(String)
    /// It is none of the ways that there are.
    case unreadable

    /// Nil where a request shows nothing.
    init?(_ request: WebRequest) {
        if let token = request.headers["x-auth-token"], !token.isEmpty {
            self = .token(token)
            return
        }
        guard let text = request.headers["authorization"], !text.isEmpty else { return nil }
        self = Self.read(text)
    }

    private static func read(_ text: String) -> Proof {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2 else { return .unreadable }
        let value = parts[1].drop { $0 == " " }
        switch parts[0].lowercased() {
        case "basic":
            guard let bytes = Base64.bytes(Array(value.utf8)), let pair = String(validating: bytes, as: UTF8.self),
                let colon = pair.utf8.firstIndex(of: UInt8(ascii: ":"))
            else { return .unreadable }
            return .password(name: String(pair[..<colon]), String(pair[pair.utf8.index(after: colon)...]))
        case "bearer": return .token(String(value))
        default: return .unreadable
        }
    }
}
