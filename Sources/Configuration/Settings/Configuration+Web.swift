extension Configuration {
    /// Says what is open to whom by `[web]`, where that is more than is good or more than the file says (web.md §3.2). With an
    /// error newswire-web does not start; the poller asks nothing of this.
    package func checkWeb() -> [Diagnostic] {
        func diagnostic(_ severity: Diagnostic.Severity, _ key: String, _ message: String) -> Diagnostic {
            web.diagnostic(severity, key, message, in: path)
        }
        let open = web.listen.filter { !$0.isLocal }.map(\.description).joined(separator: ", ")
        let knowsNobody = web.accounts.isEmpty && web.proxyHeader.isEmpty
        if open.isEmpty { return knowsNobody && web.anonymous == WebSettings.Anonymous.none ? [nobody] : [] }
        if knowsNobody, web.anonymous == nil {
            return [
                diagnostic(
                    .error, "listen",
                    "other machines reach \(open), and nothing says who may ask; write a [[web.account]], or anonymous = "
                        + "\"read\" if everybody who reaches it may read")
            ]
        }
        var found: [Diagnostic] = []
        if web.anonymous == .read {
            found.append(
                diagnostic(
                    .warning, "anonymous",
                    "everybody who reaches \(open) reads all articles and the list of feeds; an account keeps them to "
                        + "those who have its password"))
        }
        if web.accounts.contains(where: { !$0.secrets.isEmpty }) {
            found.append(
                diagnostic(
                    .warning, "listen",
                    "passwords and tokens go to \(open) without encryption; let a reverse proxy with TLS stand in front, "
                        + "and listen on the loopback"))
        }
        return knowsNobody && web.anonymous == WebSettings.Anonymous.none ? found + [nobody] : found
    }

    private var nobody: Diagnostic {
        web.diagnostic(
            .warning, "anonymous", "nobody may do anything: there is no account, and who has none may not read",
            in: path)
    }

    /// Says that everybody who may log in to this machine reads what the store's group keeps from them, where it is so; nil
    /// where it is not.
    package func noteOfLocalReaders() -> Diagnostic? {
        let open = web.listen.filter { listener in
            if case .socket = listener { return web.socketMode & 0o006 != 0 }
            return listener.isLocal
        }
        guard !open.isEmpty, web.effectiveAnonymous == .read else { return nil }
        let places = open.map(\.description).joined(separator: ", ")
        return web.diagnostic(
            .note, "listen",
            "everybody who may log in to this machine reads all articles at \(places), also who may not read the store; a "
                + "Unix socket (listen = [\"/run/newswire-web/http.sock\"]) leaves them to its group, a [[web.account]] to "
                + "who has its password", in: path)
    }
}
