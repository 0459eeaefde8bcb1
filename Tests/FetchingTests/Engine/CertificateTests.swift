import TestSupport
import Testing

@testable import Fetching

@Suite(.enabled(if: TLSServer.isAvailable)) struct CertificateTests {
    let engine: FetchEngine

    init() throws {
        engine = try FetchEngine()
    }

    @Test("security.md §13: a certificate that is not good is told of, with its dates, and nothing is asked")
    func selfSigned() async throws {
        let server = try #require(TLSServer())
        let result = await engine.fetch(server.url("/"))
        #expect(result.head == nil)
        #expect(result.failure?.kind == .tls)
        #expect(result.failure?.message.contains("it is valid from") == true)
        #expect(result.outcome.requests == 0)
        // The look at the certificate has not opened a way in.
        #expect(await engine.fetch(server.url("/")).failure?.kind == .tls)
    }

    @Test("security.md §13: ca_file and tls_verify = false let a feed through, and no other")
    func exceptions() async throws {
        let server = try #require(TLSServer())
        #expect(await engine.fetch(server.url("/")) { $0.caFile = server.certificateFile }.failure == nil)
        #expect(await engine.fetch(server.url("/")).failure?.kind == .tls)
        #expect(await engine.fetch(server.url("/")) { $0.tlsVerify = false }.failure == nil)
        #expect(await engine.fetch(server.url("/")).failure?.kind == .tls)
    }

    @Test func aCertificateForAnotherNameIsNotGood() async throws {
        let server = try #require(TLSServer(names: "DNS:elsewhere.invalid"))
        let result = await engine.fetch(server.url("/")) { $0.caFile = server.certificateFile }
        #expect(result.failure?.kind == .tls)
    }

    @Test func aClientCertificateIsShownAndItsLackTold() async throws {
        let server = try #require(TLSServer(wantsClientCertificate: true))
        let certificate = ClientCertificate(
            certificate: try #require(server.certificate),
            key: try #require(server.key))
        let shown = await engine.fetch(server.url("/")) {
            $0.caFile = server.certificateFile
            $0.clientCertificate = certificate
        }
        #expect(shown.failure == nil)
        #expect(await engine.fetch(server.url("/")) { $0.caFile = server.certificateFile }.failure?.kind == .tls)
    }
}
