import Publishing
import TestSupport
import Testing
import Web

@testable import Buses

@Suite("Subjects of NATS")
struct NATSSubjectTests {
    private func subject(_ text: String, feed: String) -> String {
        let messages = SampleMessages(1...1, feed: feed)
        return withExtendedLifetime(messages) { NATSSubject(text).of(messages.messages[0]) }
    }

    @Test("A feed's id is one token, whatever is in it")
    func tokens() {
        for (feed, token) in [
            ("example", "example"), ("a.b", "a_b"), ("a.>", "a__"), ("*", "_"), ("", "_"), ("ä\r\nPUB x", "____PUB_x"),
            ("{kind}", "_kind_"), (String(repeating: "x", count: 300), String(repeating: "x", count: 255)),
        ] {
            #expect(subject("news.{feed}.{kind}", feed: feed) == "news.\(token).new")
        }
        #expect(subject("news.all", feed: "x") == "news.all")
    }

    @Test("The pattern has a star for each token that differs, and a stream's name no dot")
    func patterns() {
        #expect(NATSSubject("news.{feed}.{kind}").pattern == "news.*.*")
        #expect(NATSSubject("news.{feed}.{kind}").streamName == "NEWS")
        #expect(NATSSubject("newswire.articles").streamName == "NEWSWIRE_ARTICLES")
        #expect(NATSSubject("{feed}").streamName == "_")
    }
}

@Suite(
    "A stream of NATS as a bus",
    .enabled(if: NATSServer.isPossible, "NATS is not installed: apt install nats-server"), .serialized)
struct NATSBusTests {
    private static let server = NATSServer()

    private let wait = BusWait(milliseconds: 30_000, stop: -1)
    private let server: NATSServer
    private let root = "t\(UInt64.random(in: 0 ... .max))"

    init() throws { server = try #require(Self.server) }

    private func bus(_ to: String? = nil, port: UInt16? = nil, change: (inout BusSettings) -> Void = { _ in }) throws
        -> NATSBus
    {
        var settings = BusSettings(
            url: try BusURL("nats://127.0.0.1:\(port ?? server.port)"), to: to ?? "\(root).articles", tls: false)
        change(&settings)
        return NATSBus(settings)
    }

    private func connected(_ to: String? = nil) throws -> NATSBus {
        let bus = try bus(to)
        try bus.connect(wait)
        return bus
    }

    @Test("A stream is made once, and then says where it ends")
    func stream() throws {
        let bus = try connected("\(root).{kind}.{feed}")
        let missing = #expect(throws: BusFailure.self) { try bus.end(wait) }
        #expect(missing?.kind == .misconfigured && missing?.reason.contains("--setup") == true)
        #expect(try bus.setUp(wait).hasSuffix("in the stream \(root.uppercased())"))
        #expect(try bus.setUp(wait).contains("was there already"))
        #expect(try bus.end(wait) == nil)
        try bus.publish(SampleMessages(1...700, feed: "a.*"), wait)
        #expect(try bus.end(wait) == BusEnd(seq: 700, id: SampleMessages.id(700)))
        bus.close()
        #expect(try connected("\(root).{kind}.{feed}").end(wait)?.seq == 700)
    }

    @Test("What is published once more within the window is there once")
    func repetition() throws {
        let bus = try connected()
        _ = try bus.setUp(wait)
        #expect(try bus.end(wait) == nil)
        try bus.publish(SampleMessages(1...5), wait)
        try bus.publish(SampleMessages(3...9), wait)
        #expect(try bus.end(wait)?.seq == 9)
        #expect(try NATSProbe(server.port).seqs("\(root).articles") == (1...9).map(String.init))
    }

    @Test("A message that is refused keeps back all behind it, so that the end hides no gap")
    func gap() throws {
        let bus = try connected()
        _ = try bus.setUp(wait)
        _ = try bus.end(wait)
        let probe = try NATSProbe(server.port)
        try probe.limit(stream: "\(root.uppercased())_ARTICLES", subject: "\(root).articles", messageSize: 2000)
        let long = String(repeating: "x", count: 4000)
        let failure = #expect(throws: BusFailure.self) {
            try bus.publish(
                SampleMessages(1...6, line: { $0 == 3 ? "{\"t\":\"\(long)\"}" : "{\"n\":\($0)}" }), wait)
        }
        #expect(failure?.kind == .refused || failure?.kind == .tooLarge)
        #expect(try probe.seqs("\(root).articles") == ["1", "2"])
        let again = try connected()
        #expect(try again.end(wait)?.seq == 2 && again.largestLine == 2000)
    }

    @Test("In a stream that has other subjects, too, messages go one at a time, and others' do not matter")
    func shared() throws {
        let probe = try NATSProbe(server.port)
        try probe.make(stream: root, subjects: ["\(root).>"])
        let bus = try connected()
        #expect(try bus.end(wait) == nil)
        try bus.publish(SampleMessages(1...3), wait)
        try probe.publish("\(root).other", "x")
        try bus.publish(SampleMessages(4...6), wait)
        #expect(try bus.end(wait)?.seq == 6)
    }

    @Test("A last message that newswire has not written is found out")
    func foreign() throws {
        let bus = try connected()
        _ = try bus.setUp(wait)
        try NATSProbe(server.port).publish("\(root).articles", "x")
        let failure = #expect(throws: BusFailure.self) { try bus.end(wait) }
        #expect(failure?.kind == .notOurs)
    }

    @Test("A stream that acknowledges nothing is refused")
    func noAcknowledgement() throws {
        try NATSProbe(server.port).make(stream: root, subjects: ["\(root).articles"], noAck: true)
        let failure = #expect(throws: BusFailure.self) { try connected().end(wait) }
        #expect(failure?.kind == .misconfigured)
    }

    @Test("A server that is away, before or in the middle, is away, and comes again with what it had")
    func away() throws {
        let own = try #require(NATSServer())
        let bus = try bus(port: own.port)
        try bus.connect(wait)
        _ = try bus.setUp(wait)
        _ = try bus.end(wait)
        try bus.publish(SampleMessages(1...3), wait)
        own.end()
        let lost = #expect(throws: BusFailure.self) { try bus.publish(SampleMessages(4...6), wait) }
        #expect(lost?.kind == .away)
        bus.close()
        let away = #expect(throws: BusFailure.self) { try self.bus(port: own.port).connect(wait) }
        #expect(away?.kind == .away && away?.reason.contains("was not reached") == true)
        #expect(own.start())
        let again = try self.bus(port: own.port)
        try again.connect(wait)
        #expect(try again.end(wait)?.seq == 3)
    }

    @Test("A wrong password, and a server without JetStream, are said")
    func refusals() throws {
        let closed = try #require(NATSServer("authorization { user: news, password: right }"))
        let wrong = try bus(port: closed.port) { ($0.user, $0.password) = ("news", "wrong") }
        let failure = #expect(throws: BusFailure.self) { try wrong.connect(wait) }
        #expect(failure?.kind == .notPermitted && failure?.reason.contains("wrong") == false)
        let right = try bus(port: closed.port) { ($0.user, $0.password) = ("news", "right") }
        try right.connect(wait)
    }

    @Test(
        "A certificate that is not trusted, or of another host, gets nothing",
        .enabled(if: SelfSignedCertificate.isPossible))
    func certificates() throws {
        let own = try #require(SelfSignedCertificate(names: "IP:127.0.0.1"))
        let other = try #require(SelfSignedCertificate(names: "IP:127.0.0.1"))
        let elsewhere = try #require(SelfSignedCertificate(names: "DNS:elsewhere.example"))
        func server(_ certificate: SelfSignedCertificate) throws -> NATSServer {
            try #require(
                NATSServer(
                    "tls { cert_file: \"FOLDER/cert.pem\", key_file: \"FOLDER/key.pem\" }",
                    readable: [certificate.file, certificate.keyFile]))
        }
        func secure(_ port: UInt16, _ authority: SelfSignedCertificate) throws -> NATSBus {
            var settings = BusSettings(url: try BusURL("nats://127.0.0.1:\(port)"), to: "x.y", tls: true)
            settings.caFile = authority.file
            return NATSBus(settings)
        }
        let trusted = try server(own)
        try secure(trusted.port, own).connect(wait)
        let untrusted = #expect(throws: BusFailure.self) { try secure(trusted.port, other).connect(wait) }
        #expect(untrusted?.kind == .untrusted && untrusted?.reason.contains("self-signed") == true)
        let strange = try server(elsewhere)
        let mistaken = #expect(throws: BusFailure.self) { try secure(strange.port, elsewhere).connect(wait) }
        #expect(mistaken?.kind == .untrusted && mistaken?.reason.contains("mismatch") == true)
        // A server without TLS gets nothing, and one that has gone is away.
        let plain = #expect(throws: BusFailure.self) { try secure(self.server.port, own).connect(wait) }
        #expect(plain?.kind == .untrusted)
        let gone = #expect(throws: BusFailure.self) { try secure(ServerProcess.freePort(), own).connect(wait) }
        #expect(gone?.kind == .away)
    }

    @Test(
        "Over TLS articles go to who knows the password, or shows a certificate that the server trusts",
        .enabled(if: SelfSignedCertificate.isPossible))
    func encrypted() throws {
        let own = try #require(SelfSignedCertificate(names: "IP:127.0.0.1"))
        let files = "cert_file: \"FOLDER/cert.pem\", key_file: \"FOLDER/key.pem\""
        let closed = try #require(
            NATSServer(
                "tls { \(files) }\nauthorization { user: news, password: right }", readable: [own.file, own.keyFile]))
        let mutual = try #require(
            NATSServer(
                "tls { \(files), ca_file: \"FOLDER/cert.pem\", verify: true }", readable: [own.file, own.keyFile]))
        func bus(_ server: NATSServer, _ change: (inout BusSettings) -> Void) throws -> NATSBus {
            try self.bus(port: server.port) { settings in
                (settings.tls, settings.caFile) = (true, own.file)
                change(&settings)
            }
        }
        for bus in [
            try bus(closed) { ($0.user, $0.password) = ("news", "right") },
            try bus(mutual) { ($0.clientCert, $0.clientKey) = (own.file, own.keyFile) },
        ] {
            try bus.connect(wait)
            _ = try bus.setUp(wait)
            _ = try bus.end(wait)
            try bus.publish(SampleMessages(1...3), wait)
            #expect(try bus.end(wait)?.seq == 3)
        }
        let wrong = try bus(closed) { ($0.user, $0.password) = ("news", "wrong") }
        #expect(#expect(throws: BusFailure.self) { try wrong.connect(wait) }?.kind == .notPermitted)
        let none = try refusal(of: bus(mutual) { _ in }, else: "may want a certificate")
        #expect(none.kind == .misconfigured && none.reason.contains("name one in client_cert"))
        let stranger = try #require(SelfSignedCertificate(names: "IP:127.0.0.1"))
        let strange = try bus(mutual) { ($0.clientCert, $0.clientKey) = (stranger.file, stranger.keyFile) }
        let refused = try refusal(of: strange, else: "may not accept the certificate")
        #expect(refused.kind == .misconfigured && refused.reason.contains("does not accept"))
    }

    /// Connects until the server's reason arrives. What is sent while the server breaks off may cost its last words; then the
    /// failure names the possibility, and one tries again.
    private func refusal(of bus: NATSBus, else possibility: String) throws -> BusFailure {
        var failure: BusFailure?
        for _ in 0..<50 where failure?.kind != .misconfigured {
            failure = #expect(throws: BusFailure.self) { try bus.connect(wait) }
            let isNamed = failure?.reason.contains(possibility) == true
            #expect(failure?.kind == .misconfigured || failure?.kind == .away && isNamed, "\(failure?.reason ?? "")")
        }
        return try #require(failure)
    }

    @Test(
        "A file of credentials lets newswire in to the account that it is of, and another user's does not",
        .enabled(if: SelfSignedCertificate.isPossible))
    func credentials() throws {
        let accounts = try #require(NATSAccounts())
        let closed = try #require(NATSServer(accounts.configuration))
        let right = try bus(port: closed.port) { $0.credentialsFile = accounts.credentials }
        try right.connect(wait)
        _ = try right.setUp(wait)
        _ = try right.end(wait)
        try right.publish(SampleMessages(1...2), wait)
        #expect(try right.end(wait)?.seq == 2)
        let strangers = try #require(NATSAccounts())
        let wrong = try bus(port: closed.port) { $0.credentialsFile = strangers.credentials }
        let failure = #expect(throws: BusFailure.self) { try wrong.connect(wait) }
        #expect(failure?.kind == .notPermitted, "\(failure?.reason ?? "")")
        let none = try bus(port: closed.port) { $0.credentialsFile = accounts.credentials + ".none" }
        #expect(throws: BusFailure.self) { try none.connect(wait) }
    }
}
