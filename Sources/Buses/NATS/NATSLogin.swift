internal import CNATS
internal import Publishing
private import Web

/// `NATSLogin` says why a server has not let newswire in, where the library has one status for many reasons.
struct NATSLogin {
    private let settings: BusSettings

    init(_ settings: BusSettings) { self.settings = settings }

    /// - Parameters:
    ///   - text: of the library, for people.
    ///   - alert: of TLS, which the server has sent; nil where it has sent none, or none is known.
    func failure(_ status: natsStatus, _ text: String, alert: String?) -> BusFailure {
        let server = settings.url.written
        switch status {
        case NATS_CONNECTION_AUTH_FAILED, NATS_NOT_PERMITTED:
            return BusFailure(.notPermitted, "\(server) does not let newswire in: \(text)")
        // It wants TLS, or has none.
        case NATS_SECURE_CONNECTION_REQUIRED, NATS_SECURE_CONNECTION_WANTED:
            return BusFailure(.untrusted, "\(server) cannot be trusted: \(text)")
        case NATS_SSL_ERROR, NATS_PROTOCOL_ERROR, NATS_CONNECTION_CLOSED, NATS_IO_ERROR:
            guard settings.tls else { break }
            if let alert = [alert, text].compactMap({ $0 }).first(where: TLSWords.areOfOurCertificate) {
                return refusedCertificate(alert)
            }
            if TLSWords.areOfTrust(text) { return BusFailure(.untrusted, "\(server) cannot be trusted: \(text)") }
            if status == NATS_SSL_ERROR { break }
            let guess =
                settings.clientCert == nil
                ? "it may want a certificate of newswire, which client_cert would name"
                : "it may not accept the certificate that client_cert names"
            return BusFailure(.away, "\(server) was not reached: it broke off behind TLS (\(text)); \(guess)")
        default: break
        }
        return BusFailure(.away, "\(server) was not reached: \(text)")
    }

    private func refusedCertificate(_ alert: String) -> BusFailure {
        let what =
            settings.clientCert == nil
            ? "wants a certificate of newswire: name one in client_cert"
            : "does not accept the certificate that client_cert names"
        return BusFailure(.misconfigured, "\(settings.url.written) \(what) (\(alert))")
    }
}
