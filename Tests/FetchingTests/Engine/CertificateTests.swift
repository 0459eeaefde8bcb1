import FeedModel
import TestSupport
import Testing

@testable import Fetching

@Suite("Certificates of servers and clients are checked (security.md §13)", .enabled(if: TLSServer.isAvailable))
struct CertificateTests {
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
        #expect(result.failure?.message.contains("self-signed") == true)
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

    @Test("security.md §13: a certificate for another name is not good")
    func aCertificateForAnotherNameIsNotGood() async throws {
        let server = try #require(TLSServer(names: "DNS:elsewhere.invalid"))
        let result = await engine.fetch(server.url("/")) { $0.caFile = server.certificateFile }
        #expect(result.failure?.kind == .tls)
        #expect(result.failure?.message.contains("another name than 127.0.0.1") == true)
    }

    @Test("A client certificate is shown to the server, and a server that misses one is told of")
    func aClientCertificateIsShownAndItsLackTold() async throws {
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

    @Test("A changed bundle of CA certificates is read within a day, and not with every connection before")
    func changedBundle() async throws {
        let (first, second) = (try #require(TLSServer()), try #require(TLSServer()))
        let folder = TemporaryDirectory()
        func failures(_ engine: FetchEngine) async throws -> [Bool] {
            var result: [Bool] = []
            for server in [first, second] {
                folder.write(try #require(server.certificate), to: "ca.pem")
                for asked in [first, second] {
                    let failure = await engine.fetch(asked.url("/")) {
                        $0.caFile = folder.file("ca.pem")
                        $0.keepAlive = false
                    }.failure
                    result.append(failure?.kind == .tls)
                }
            }
            return result
        }
        #expect(FetchEngine.Options().caLifetime == 86_400)
        // The bundle of the first server is in force, whatever the file says.
        #expect(try await failures(engine) == [false, true, false, true])
        var options = FetchEngine.Options()
        options.caLifetime = 0
        let each = try await failures(try FetchEngine(options: options))
        // The first server's TLS session, which it was trusted for, may still be resumed.
        #expect(Array(each.prefix(2)) == [false, true] && each[3] == false)
    }
}
