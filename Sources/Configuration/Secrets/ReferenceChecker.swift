extension Configuration {
    /// Looks once at everything that the feeds refer to: secrets, certificates, local documents.
    ///
    /// A feed whose reference is broken fails alone when it is polled, so `check` says so beforehand. What only the service
    /// can see is noted. It waits for the file system.
    package func checkReferences(environment: [String: String]) -> [Diagnostic] {
        var checker = ReferenceChecker(environment: environment, isOfSystem: ConfigurationPath.isOfSystem(path))
        if let caFile = fetch.caFile {
            checker.checkFile(caFile, "[fetch] ca_file", SourcePlace(file: path, line: fetchLines["ca_file"] ?? 1))
        }
        if let fleet { checker.check(fleet) }
        for feed in feeds where feed.enabled { checker.check(feed, inherited: fetch.caFile) }
        return checker.diagnostics
    }

    /// Looks once at the secrets that a delivery refers to. It waits for the file system.
    package func checkReferences(of delivery: DeliveryFile, environment: [String: String]) -> [Diagnostic] {
        var checker = ReferenceChecker(environment: environment, isOfSystem: ConfigurationPath.isOfSystem(path))
        checker.check(delivery, beside: path)
        return checker.diagnostics
    }
}

extension Configuration {
    /// Looks once at what the tables of `[publish]` refer to. It waits for the file system.
    package func checkReferencesOfPublications(environment: [String: String]) -> [Diagnostic] {
        var checker = ReferenceChecker(environment: environment, isOfSystem: ConfigurationPath.isOfSystem(path))
        for publication in publications { checker.check(publication, beside: path) }
        return checker.diagnostics
    }
}

extension Configuration {
    /// Looks once at the secrets of the accounts of newswire-web. It waits for the file system.
    package func checkReferencesOfWeb(environment: [String: String]) -> [Diagnostic] {
        var checker = ReferenceChecker(environment: environment, isOfSystem: ConfigurationPath.isOfSystem(path))
        for account in web.accounts { checker.check(account, beside: path) }
        return checker.diagnostics
    }
}

private struct ReferenceChecker {
    let environment: [String: String]
    let isOfSystem: Bool
    var diagnostics: [Diagnostic] = []

    mutating func check(_ feed: FeedConfiguration, inherited caFile: String?) {
        for (key, secret) in feed.secrets {
            if let reason = reasonToPassOver(secret, "the unit", "the service") {
                append(.note, "[[feed]] \(key): the secret \(secret) was not looked at: \(reason)", feed.source)
                continue
            }
            do {
                // A private key has several lines.
                if key == "client_cert.key" {
                    _ = try secret.contents(environment: environment)
                } else {
                    _ = try secret.resolve(environment: environment)
                }
            } catch {
                append(.error, "[[feed]] \(key): \(error)", feed.source)
            }
        }
        if let cert = feed.clientCert?.cert { checkFile(cert, "[[feed]] client_cert.cert", feed.source) }
        if let own = feed.caFile, own != caFile { checkFile(own, "[[feed]] ca_file", feed.source) }
        if let path = feed.localPath, !ConfigurationPath.fileExists(path) {
            append(
                .warning, "[[feed]] url: there is no file \(path); a web address begins with https://", feed.source)
        }
    }

    mutating func check(_ fleet: FleetSettings) {
        guard let password = fleet.password else { return }
        if let reason = reasonToPassOver(password, "the unit", "the service") {
            diagnostics.append(
                fleet.diagnostic(.note, "password", "the secret \(password) was not looked at: \(reason)"))
            return
        }
        do {
            _ = try password.resolve(environment: environment)
        } catch {
            diagnostics.append(fleet.diagnostic(.error, "password", "\(error)"))
        }
    }

    mutating func check(_ delivery: DeliveryFile, beside configuration: String) {
        check(
            delivery.settings.secrets, unit: "newswire-deliver@\(delivery.name).service", service: "the delivery",
            beside: configuration, advice: "keep it beside this file", delivery.diagnostic)
    }

    mutating func check(_ publication: PublishSettings, beside configuration: String) {
        check(
            publication.secrets, unit: "newswire-publish@\(publication.name).service", service: "the publisher",
            beside: configuration, advice: "keep it elsewhere", publication.diagnostic)
        for (key, path) in [("ca_file", publication.caFile), ("client_cert", publication.clientCert?.cert)] {
            guard let path else { continue }
            do {
                _ = try FileReader.read(path, limit: 64 << 20)
            } catch {
                diagnostics.append(publication.diagnostic(.error, key, "\(key): \(path) \(error.message)"))
            }
        }
    }

    mutating func check(_ account: WebAccountSettings, beside configuration: String) {
        check(
            account.secrets, unit: "newswire-web.service", service: "newswire-web", beside: configuration,
            advice: "keep it elsewhere"
        ) { severity, _, message in
            Diagnostic(
                severity, file: account.source.file, line: account.source.line, "[[web.account]] \(message)")
        }
    }

    private mutating func check(
        _ secrets: [(key: String, secret: Secret)], unit: String, service: String, beside configuration: String,
        advice: String, _ diagnostic: (Diagnostic.Severity, String, String) -> Diagnostic
    ) {
        for (key, secret) in secrets {
            if let reason = reasonToPassOver(secret, unit, service) {
                let message = "\(key): the secret \(secret) was not looked at: \(reason)"
                diagnostics.append(diagnostic(.note, key, message))
                continue
            }
            do {
                // Keys and credentials have several lines.
                if key == "client_cert.key" || key == "credentials" || key.hasSuffix(".pem") {
                    _ = try secret.contents(environment: environment)
                } else {
                    _ = try secret.resolve(environment: environment)
                }
            } catch {
                diagnostics.append(diagnostic(.error, key, "\(key): \(error)"))
            }
            // The folder in which the secrets of feeds are: the unit closes it to programs that are given articles.
            let closed = Path.join(Path.directory(of: configuration), "secrets")
            if isOfSystem, case .file(let path) = secret, path.hasPrefix("\(closed)/") {
                let message =
                    "\(key): \(unit) may not look into \(closed), where those of feeds are; \(advice), 0640 "
                    + "root:newswire, or let LoadCredential= of the unit bring it as { credential = \"NAME\" }"
                diagnostics.append(diagnostic(.warning, key, message))
            }
        }
    }

    /// Why only a unit can see a secret: systemd gives it to that alone.
    private func reasonToPassOver(_ secret: Secret, _ unit: String, _ service: String) -> String? {
        switch secret {
        case .file: nil
        case .credential(let name):
            environment["CREDENTIALS_DIRECTORY"] == nil
                ? "LoadCredential=\(name) in \(unit) gives it to \(service) alone" : nil
        case .environment(let name):
            isOfSystem && environment[name] == nil ? "Environment= in \(unit) sets it for \(service) alone" : nil
        }
    }

    mutating func checkFile(_ path: String, _ label: String, _ place: SourcePlace) {
        do {
            _ = try FileReader.read(path, limit: 64 << 20)
        } catch {
            append(.error, "\(label): \(path) \(error.message)", place)
        }
    }

    private mutating func append(_ severity: Diagnostic.Severity, _ message: String, _ place: SourcePlace) {
        diagnostics.append(Diagnostic(severity, file: place.file, line: place.line, message))
    }
}
