internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import WebInterface
internal import newswire

/// The configuration, checked, with what newswire-web alone needs of it.
struct WebSetup {
    var configuration: Configuration
    /// Its own folder.
    let folder: String
    /// Of the accounts, by their names.
    let secrets: [String: WebAccess.Secrets]
    /// What looks wrong, and can be run.
    let warnings: [Diagnostic]

    /// Reads the configuration and the secrets of accounts; those of feeds are never read.
    ///
    /// Throws `ConfigurationError` with all that is wrong, and `CommandFailure` where there is no configuration.
    ///
    /// - Parameter level: goes before that of the configuration.
    init(path: String, level: LogSettings.Level?) throws {
        let configuration = try Self.load(path: path, level: level)
        folder = try Self.folder(configuration)
        var found = configuration.warnings + configuration.checkWeb()
        var secrets: [String: WebAccess.Secrets] = [:]
        for account in configuration.web.accounts {
            var read = WebAccess.Secrets()
            for (key, secret) in account.secrets {
                do throws(SecretError) {
                    let text = try secret.resolve(environment: CommonOptions.environment)
                    if key == "password" { read.password = text } else { read.token = text }
                } catch {
                    found.append(
                        Diagnostic(
                            .error, file: account.source.file, line: account.source.line,
                            "[[web.account]] \(key): \(error)"))
                }
            }
            secrets[account.name] = read
        }
        guard !found.contains(where: { $0.severity == .error }) else {
            throw ConfigurationError(diagnostics: found, readable: configuration)
        }
        self.configuration = configuration
        self.secrets = secrets
        warnings = found
    }

    /// The configuration as the poller has it: systemd's $STATE_DIRECTORY is that of newswire-web, and not the store.
    static func load(path: String, level: LogSettings.Level? = nil) throws(ConfigurationError) -> Configuration {
        var environment = CommonOptions.environment
        environment["STATE_DIRECTORY"] = nil
        var configuration = try ConfigurationLoader.load(
            path: path, environment: environment,
            knownFeeds: { store in (try? FeedCatalogue.knownFeeds(ofStore: store.directory)) ?? [] })
        if let level { configuration.log.level = level }
        return configuration
    }

    static func folder(_ configuration: Configuration) throws(CommandFailure) -> String {
        let folder = configuration.web.folder(of: configuration.path, environment: CommonOptions.environment)
        guard let folder else {
            throw CommandFailure(
                .badConfiguration,
                "\(configuration.path): [web] state_directory is not set, and without $STATE_DIRECTORY, $XDG_STATE_HOME or "
                    + "$HOME there is no default")
        }
        return folder
    }
}
