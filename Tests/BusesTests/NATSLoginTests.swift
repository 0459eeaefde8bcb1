import CNATS
import Publishing
import Testing
import Web

@testable import Buses

@Suite("Why a server of NATS has not let newswire in")
struct NATSLoginTests {
    private func failure(
        _ status: natsStatus, _ text: String, alert: String? = nil, tls: Bool = true, certificate: String? = nil
    ) throws -> BusFailure {
        var settings = BusSettings(url: try BusURL("nats://bus1:4222"), to: "x.y", tls: tls)
        settings.clientCert = certificate
        return NATSLogin(settings).failure(status, text, alert: alert)
    }

    private static let nothing = "Protocol Error (Expected 'PONG', got '')"

    @Test("A certificate that the server wants, or does not trust, is told with what to do")
    func certificate() throws {
        for alert in ["tlsv13 alert certificate required", "sslv3 alert bad certificate", "tlsv1 alert unknown ca"] {
            let none = try failure(NATS_PROTOCOL_ERROR, Self.nothing, alert: alert)
            #expect(none.kind == .misconfigured)
            #expect(none.reason.hasSuffix("wants a certificate of newswire: name one in client_cert (\(alert))"))
            let other = try failure(NATS_PROTOCOL_ERROR, Self.nothing, alert: alert, certificate: "/c.pem")
            #expect(other.kind == .misconfigured && other.reason.contains("does not accept the certificate"))
            // Before TLS 1.3 it is said within the handshake, and the library has the words.
            #expect(try failure(NATS_SSL_ERROR, "SSL Error (\(alert))").kind == .misconfigured)
        }
    }

    @Test("A server that breaks off without a word behind TLS may want a certificate, or be gone, and is tried again")
    func brokenOff() throws {
        for status in [NATS_PROTOCOL_ERROR, NATS_CONNECTION_CLOSED, NATS_IO_ERROR] {
            let none = try failure(status, Self.nothing)
            #expect(none.kind == .away && none.reason.contains("may want a certificate of newswire, which client_cert"))
            let other = try failure(status, Self.nothing, alert: "tlsv1 alert internal error", certificate: "/c.pem")
            #expect(other.kind == .away && other.reason.contains("may not accept the certificate that client_cert"))
            let plain = try failure(status, Self.nothing, tls: false)
            #expect(plain.kind == .away && !plain.reason.contains("certificate"))
        }
    }

    @Test("Its own certificate, a version of TLS that nobody speaks, a password and its absence stay what they are")
    func others() throws {
        #expect(try failure(NATS_SSL_ERROR, "SSL Error (certificate verify failed)").kind == .untrusted)
        #expect(try failure(NATS_SSL_ERROR, "SSL Error (tlsv1 alert protocol version)").kind == .untrusted)
        #expect(try failure(NATS_SSL_ERROR, "SSL Error (unexpected eof while reading)").kind == .away)
        #expect(try failure(NATS_SECURE_CONNECTION_WANTED, "no TLS").kind == .untrusted)
        #expect(try failure(NATS_CONNECTION_AUTH_FAILED, "Authorization Violation").kind == .notPermitted)
        // Of several servers the last is away.
        #expect(try failure(NATS_NO_SERVER, "No server", alert: "sslv3 alert bad certificate").kind == .away)
    }
}
