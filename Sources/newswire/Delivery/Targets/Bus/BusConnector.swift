internal import Configuration
internal import Publishing
private import Web

/// Makes connections to the bus of a publication. Secrets are read for each: one that was changed counts at once.
struct BusConnector: Sendable {
    let settings: PublishSettings
    let maker: any BusMaker
    let environment: [String: String]

    /// A bus that is not connected.
    func bus() throws(BusFailure) -> any Bus {
        guard let url = settings.url else { throw BusFailure(.misconfigured, "url is missing") }
        var bus = BusSettings(url: url, to: settings.to, tls: settings.tls)
        bus.user = settings.user
        bus.password = try settings.password.map { secret throws(BusFailure) in try text(secret, "password") }
        bus.credentialsFile = try settings.credentials.flatMap { secret throws(BusFailure) in
            try path(secret, "credentials")
        }
        bus.caFile = settings.caFile
        bus.clientCert = settings.clientCert?.cert
        bus.clientKey = try settings.clientCert?.key.flatMap { secret throws(BusFailure) in
            try path(secret, "client_cert.key")
        }
        for extra in settings.extras {
            switch extra.value {
            case .text(let text): bus.options.append((extra.name, text))
            case .secret(let secret): bus.options.append((extra.name, try contents(secret, "options.\(extra.name)")))
            }
        }
        return try maker.bus(bus)
    }

    private func text(_ secret: Secret, _ key: String) throws(BusFailure) -> String {
        do throws(SecretError) {
            return try secret.resolve(environment: environment)
        } catch {
            throw BusFailure(.misconfigured, "\(key): \(error)")
        }
    }

    /// A key in PEM has several lines, and a password one, whose line break is not part of it.
    private func contents(_ secret: Secret, _ key: String) throws(BusFailure) -> String {
        do throws(SecretError) {
            let text = String(decoding: try secret.contents(environment: environment), as: UTF8.self)
            return text.hasPrefix("-----BEGIN") ? text : try secret.resolve(environment: environment)
        } catch {
            throw BusFailure(.misconfigured, "\(key): \(error)")
        }
    }

    /// Libraries read keys themselves.
    private func path(_ secret: Secret, _ key: String) throws(BusFailure) -> String? {
        // It is looked at here all the same, since what is said of it is said better.
        do throws(SecretError) {
            _ = try secret.contents(environment: environment)
        } catch {
            throw BusFailure(.misconfigured, "\(key): \(error)")
        }
        switch secret {
        case .file(let path): return path
        case .credential(let name): return environment["CREDENTIALS_DIRECTORY"].map { "\($0)/\(name)" }
        case .environment: return nil
        }
    }
}
