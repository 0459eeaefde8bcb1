/// The options by which newswire-web shows what was stored.
extension Options {
    private static let day: Duration = .seconds(86_400)

    static let web: [Option] = [
        Option(
            "listen", .listeners,
            """
            Where newswire-web listens: addresses with a port, IPv6 in brackets, and paths of Unix sockets. On the loopback \
            everybody who may log in to the machine can connect, to a Unix socket only its group.
            """, in: .web(\.listen, .afterRestart)),
        Option(
            "socket_mode", .socketMode, "The mode of Unix sockets.", in: .web(\.socketMode, .afterRestart)),
        Option(
            "hosts", .hostNames,
            """
            Names under which it is asked, beside localhost and the addresses that are listened on: that of a reverse proxy, \
            for one. Whoever asks for another is refused, so that no page of the web can ask for it in somebody's browser.
            """, example: "[\"news.example.org\"]", in: .web(\.hosts, .onReload)),
        Option(
            "base_path", .basePath, "The path below which everything is, where a reverse proxy has it below one.",
            in: .web(\.basePath, .onReload)),
        Option(
            "state_directory", .requiredPath,
            """
            Its own folder, for the index and what accounts have read. If it is left out, it is $STATE_DIRECTORY, for a \
            configuration below /etc /var/lib/newswire-web, and else newswire-web in the folder of $XDG_STATE_HOME.
            """, example: "\"/var/lib/newswire-web\"", in: .web(\.stateDirectory, .afterRestart)),
        Option(
            "anonymous", .word,
            """
            What somebody may do who does not say who it is: "read", or "none". If it is left out, it is "read" as long as \
            everything listened on is of this machine and there is no account, and else "none".
            """, example: "\"read\"", in: .web(\.anonymous, .onReload)),
        Option(
            "proxy_header", .headerName,
            """
            The header in which a reverse proxy says who asks, such as "X-Remote-User", once it has looked. It is taken from \
            trusted_proxies alone. Empty, the default: none.
            """, in: .web(\.proxyHeader, .onReload)),
        Option(
            "trusted_proxies", .proxies,
            """
            Who is believed: addresses, networks such as 10.0.0.0/8, and "unix" for whoever connects to the Unix socket.
            """, in: .web(\.trustedProxies, .onReload)),
        Option(
            "images", .word,
            """
            Whether the images in articles are loaded from their publishers, who see then who reads: when somebody "ask"s for \
            those of one article, never ("none"), or always ("publisher").
            """, in: .web(\.images, .onReload)),
        Option(
            "unread", .span(in: day...day * 3650),
            "How long an article counts as unread for who has not read it. What was stored longer ago counts as read.",
            in: .web(\.unread, .onReload)),
        Option(
            "search", .boolean,
            "Whether there is an index, without which nothing can be searched and no reader of feeds can sync.",
            in: .web(\.search, .afterRestart)),
    ]

    static let webAccounts: [Option] = [
        Option(
            "name", .text(refusal: WebAccountName.refusal),
            "What the account is called: 1 to 64 letters, digits, dots, underscores and hyphens. It must be set.",
            example: "\"desk\"", in: .webAccount(\.name)),
        Option(
            "password", .secret,
            """
            The password, which is a secret: for browsers, and for readers of feeds by Google Reader's or Miniflux' interface. \
            An account has a password, a token or both; where proxy_header is set, it may have neither.
            """, example: "{ credential = \"desk-password\" }", in: .webAccount(\.password)),
        Option(
            "token", .secret,
            "A secret for programs, which newswire-web token makes: Authorization: Bearer, or X-Auth-Token.",
            example: "{ credential = \"desk-token\" }", in: .webAccount(\.token)),
        Option(
            "rights", .word,
            """
            What the account may do: "read"; "mark" as read or starred what it has read, for itself; or "manage", which is to \
            poll, pause and resume feeds and to add some by OPML. Each includes the one before.
            """, in: .webAccount(\.rights)),
    ]
}
