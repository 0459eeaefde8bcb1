/// Reads `[web]` and its `[[web.account]]` tables.
struct WebTableReader {
    let tables: TableReader
    private var file: ConfigurationFile { tables.file }
    private var state: LoadingState { tables.state }

    func read(_ node: TOMLNode) {
        var web = WebSettings()
        web.source = file.place(node.keyLine)
        for child in node.children { web.lines[child.key] = child.keyLine }
        let isRight = tables.read(node, into: &web, beside: OptionTable.accounts)
        if let accounts = node.member(OptionTable.accounts) { web.accounts = readAccounts(accounts) }
        // What is wrong in one of them is reported as that.
        if isRight { check(web) }
        state.web = web
    }

    private func readAccounts(_ node: TOMLNode) -> [WebAccountSettings] {
        guard node.kind == .array else {
            state.error(
                "[web] account: write [[web.account]] with two brackets before each account",
                at: file.place(node.keyLine))
            return []
        }
        guard node.count <= LoadingState.Limit.webAccounts else {
            state.error(
                "[[web.account]]: there are more than \(LoadingState.Limit.webAccounts) accounts",
                at: file.place(node.keyLine))
            return []
        }
        var accounts: [WebAccountSettings] = []
        for child in node.children {
            let place = file.place(child.line)
            guard child.kind == .table else {
                state.error("[[web.account]]: must be a table, not \(child.kind.name)", at: place)
                continue
            }
            var account = WebAccountSettings(source: place)
            tables.read(child, into: &account)
            if child.member("name") == nil {
                state.error("[[web.account]] name: is missing; write name = \"desk\"", at: place)
            }
            // Names are folders' names, and a file system may not tell cases apart.
            let same = accounts.first { $0.name.lowercased() == account.name.lowercased() && !account.name.isEmpty }
            if let same {
                state.error(
                    "[[web.account]] name: \(TOMLText.quoted(same.name)) is already in \(same.source)", at: place)
                continue
            }
            accounts.append(account)
        }
        return accounts
    }

    /// What goes with what.
    private func check(_ web: WebSettings) {
        if !web.proxyHeader.isEmpty, web.trustedProxies.isEmpty {
            error(
                web, "proxy_header",
                "needs trusted_proxies: without it everybody could send it; write the proxy's address, or \"unix\"")
        }
        if web.proxyHeader.isEmpty {
            for account in web.accounts where account.password == nil && account.token == nil {
                // One whose secret is wrong has a message for that.
                guard !state.hasErrors else { break }
                state.error(
                    "[[web.account]] password: is missing; write password = { credential = \"NAME\" }, or a token",
                    at: account.source)
            }
        }
    }

    private func error(_ web: WebSettings, _ key: String, _ message: String) {
        state.add(web.diagnostic(.error, key, message, in: file.name))
    }
}
