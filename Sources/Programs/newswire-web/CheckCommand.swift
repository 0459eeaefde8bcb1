internal import ArgumentParser
internal import Configuration
internal import Web
internal import newswire

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Checks the configuration, says what is wrong with file and line, and says who may do what from where.",
        discussion: """
            Secrets that systemd gives to the service alone are noted, not looked at; those of feeds never are.

            EXAMPLE
              newswire-web check --config /etc/newswire/newswire.toml
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try WebSetup.load(path: try common.path())
        let found =
            configuration.warnings + configuration.checkWeb() + [configuration.noteOfLocalReaders()].compactMap { $0 }
            + configuration.checkReferencesOfWeb(environment: CommonOptions.environment)
        for diagnostic in found { StandardError.write(diagnostic.description) }
        if found.contains(where: { $0.severity == .error }) { throw CommandFailure(.badConfiguration, "") }
        let folder = try WebSetup.folder(configuration)
        try OutputLines.print(
            AccessSummary(configuration.web).lines + ["\(configuration.path): ok, its own folder is \(folder)"])
    }
}

/// Who may do what from where, in lines for people.
struct AccessSummary {
    let lines: [String]

    init(_ web: WebSettings) {
        var lines: [String] = []
        let anonymous = web.effectiveAnonymous == .read ? "may read" : "may do nothing"
        for listener in web.listen {
            lines.append("\(listener), \(Self.reach(listener, web)): who does not say who it is \(anonymous)")
        }
        for account in web.accounts {
            var ways = account.secrets.map(\.key)
            if !web.proxyHeader.isEmpty { ways.append("the proxy's \(web.proxyHeader)") }
            lines.append("account \(account.name), by \(ways.joined(separator: " or ")): \(Self.deeds(account.rights))")
        }
        if !web.proxyHeader.isEmpty {
            lines.append("whom a proxy names in \(web.proxyHeader) without an account: may read")
        }
        self.lines = lines
    }

    private static func reach(_ listener: WebListener, _ web: WebSettings) -> String {
        switch listener {
        case .socket:
            let mode = String(web.socketMode, radix: 8)
            return web.socketMode & 0o006 != 0
                ? "everybody on this machine (mode \(mode))" : "the socket's group (mode \(mode))"
        case .address: return listener.isLocal ? "everybody on this machine" : "everybody who reaches it"
        }
    }

    private static func deeds(_ rights: WebAccountSettings.Rights) -> String {
        switch rights {
        case .read: "may read"
        case .mark: "may read, and mark for itself"
        case .manage: "may read, mark for itself, and manage feeds"
        }
    }
}
