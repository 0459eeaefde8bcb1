import CShims
import Glibc
import TestSupport
import Testing

@testable import Fetching

@Suite("Mail: one message after the other to a server")
struct MailConnectionTests {
    private static let envelope = MailConnection.Envelope(
        sender: "news@example.org", recipients: ["a@example.org", "b@example.org"])

    private func server(_ port: UInt16, host: String = "127.0.0.1", scheme: String = "smtp") throws -> MailServer {
        try MailServer("\(scheme)://\(host):\(port)")
    }

    /// Sends messages over one connection, on a thread that may be blocked.
    private func send(
        _ messages: [String] = ["Subject: x\r\n\r\nText\r\n"], to server: MailServer,
        login: MailConnection.Login? = nil, timeout: Int = 60_000, stop: Int32 = -1
    ) async -> [MailConnection.Answer] {
        await BlockingCall.run {
            guard let connection = MailConnection(to: server) else { return [] }
            return messages.map {
                connection.send(Array($0.utf8), Self.envelope, login: login, timeout: timeout, stop: stop)
            }
        }
    }

    private func reason(_ answers: [MailConnection.Answer]) -> MailFailure? {
        if case .failed(let failure)? = answers.first { failure } else { nil }
    }

    @Test("Messages go over one connection, with all recipients, byte for byte")
    func messages() async throws {
        let double = MailServerDouble()
        let messages = ["A: b\r\n\r\n.\r\n..\r\n.x\r\nend\r\n", "A: c\r\n\r\nlast\r\n"]
        #expect(await send(messages, to: try server(double.port)) == [.taken, .taken])
        let log = double.log
        #expect(log.messages == messages)
        #expect(log.connections == 1)
        #expect(log.commands.filter { $0.hasPrefix("RCPT") }.count == 4)
        #expect(log.commands.contains { $0.hasPrefix("MAIL FROM:<news@example.org>") && $0.contains("SIZE=") })
        #expect(log.commands.last == "QUIT")
    }

    @Test(
        "What a server refuses is told by its number and words, safe to show",
        arguments: [
            ("RCPT", "550-5.1.1 no\u{1b}[31m\r\n550 such user", 550, "answered 550: “5.1.1 no\\u{1b}[31m such user”"),
            ("MAIL", "451 later", 451, "answered 451: “later”"),
            ("DATA", "554 no data", 554, "answered 554: “no data”"),
            (".", "552 too large", 552, "answered 552: “too large”"),
            ("", "421 closed today", 421, "answered 421: “closed today”"),
        ])
    func refusals(_ command: String, _ reply: String, _ number: Int, _ words: String) async throws {
        let double = MailServerDouble { asked, _ in
            command.isEmpty == asked.isEmpty && asked.hasPrefix(command) ? .say(reply) : nil
        }
        let failure = try #require(reason(await send(to: try server(double.port))))
        #expect(failure.reply == number && failure.message == "127.0.0.1:\(double.port) \(words)")
        #expect(double.messages.isEmpty)
    }

    @Test("One recipient who is refused keeps the message from all")
    func recipients() async throws {
        let double = MailServerDouble { asked, _ in asked.contains("<b@") ? .say("550 unknown") : nil }
        #expect(reason(await send(to: try server(double.port)))?.reply == 550)
        #expect(double.messages.isEmpty && !double.log.commands.contains("DATA"))
    }

    @Test("A server that hangs up behind the message has not taken it, as far as is known")
    func hangUp() async throws {
        let double = MailServerDouble { asked, _ in asked == "." ? .hangUp : nil }
        let failure = try #require(reason(await send(to: try server(double.port))))
        #expect(failure.reply == nil && failure.message.contains("may so come twice"), "\(failure.message)")
    }

    @Test("A server that says nothing has as long as the timeout", arguments: ["", "EHLO", "DATA", "."])
    func silence(_ command: String) async throws {
        let double = MailServerDouble { asked, _ in
            command.isEmpty == asked.isEmpty && asked.hasPrefix(command) ? .silence : nil
        }
        let failure = reason(await send(to: try server(double.port), timeout: 300))
        #expect(failure?.message.contains("within --timeout") == true)
    }

    @Test("A server that says nothing to QUIT holds nobody up", arguments: [".", "QUIT"])
    func farewell(_ command: String) async throws {
        let double = MailServerDouble { asked, _ in asked == command ? .silence : nil }
        let server = try server(double.port)
        let start = ContinuousClock.now
        let answer = await BlockingCall.run {
            MailConnection(to: server, farewell: 50)?
                .send(Array("A: b\r\n\r\n".utf8), Self.envelope, login: nil, timeout: 300, stop: -1)
        }
        // By itself libcurl waits for two minutes.
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect((answer == .taken) == (command == "QUIT"))
        #expect(double.log.commands.last == command)
    }

    @Test("A connection that the server has closed meanwhile is opened anew, and the message is sent once")
    func idle() async throws {
        let double = MailServerDouble { asked, log in
            // The second message finds a server that is tired of waiting.
            asked.hasPrefix("MAIL") && log.messages.count == 1 && log.connections == 1 ? .say("421 too long") : nil
        }
        let messages = ["A: 1\r\n\r\n", "A: 2\r\n\r\n"]
        #expect(await send(messages, to: try server(double.port)) == [.taken, .taken])
        #expect(double.messages == messages && double.log.connections == 2)
    }

    @Test("A message that is not under way is left when newswire is to stop")
    func stop() async throws {
        let stop = newswire_eventfd()
        defer { close(stop) }
        _ = eventfd_write(stop, 1)
        let double = MailServerDouble { asked, _ in asked.hasPrefix("EHLO") ? .silence : nil }
        #expect(await send(to: try server(double.port), stop: stop) == [.stopped])
    }

    @Test("A login is sent, and a server that repeats it does not bring it into a log")
    func login() async throws {
        let double = MailServerDouble { asked, _ in asked.hasPrefix("AUTH") ? .say("535 not b3Blbi1zZXNhbWU=") : nil }
        let answers = await send(
            to: try server(double.port), login: .init(user: "news", password: "open-sesame"))
        let failure = try #require(reason(answers))
        #expect(failure.reply == 535 && failure.message.contains("hold a secret); check --smtp-user"))
        #expect(!failure.message.contains("b3Blbi1"))
        #expect(
            double.log.commands.contains("AUTH PLAIN AG5ld3MAb3Blbi1zZXNhbWU=")
                || double.log.commands.contains("AUTH PLAIN"))
    }

    @Test("Nothing is sent to another machine that offers no encryption, unless somebody asks for that")
    func encryption() async throws {
        let double = MailServerDouble()
        // This machine, too, but not known by that name.
        var elsewhere = try server(double.port, host: "0.0.0.0")
        #expect(reason(await send(to: elsewhere))?.message.contains("offers no encryption") == true)
        #expect(!double.log.commands.contains { $0.hasPrefix("MAIL") })
        elsewhere.isInsecure = true
        #expect(await send(to: elsewhere) == [.taken])
    }

    @Test(
        "A certificate has to be signed by somebody known and to name the server", .enabled(if: TLSServer.isAvailable))
    func certificates() async throws {
        let tls = try #require(TLSServer(names: "DNS:mail.example.org"))
        var server = try server(tls.port, scheme: "smtps")
        #expect(reason(await send(to: server))?.message.contains("has a certificate that is not good") == true)
        server.caFile = tls.certificateFile
        #expect(reason(await send(to: server))?.message.contains("has a certificate that is not good") == true)
    }

    @Test("A mail server's URL says encryption and port, and holds no login")
    func urls() throws {
        func read(_ text: String) throws -> String {
            let server = try MailServer(text)
            return "\(server) \(server.encryption)"
        }
        #expect(try read("smtp://localhost") == "localhost:25 none")
        #expect(try read("smtp://127.0.0.1:2525/") == "127.0.0.1:2525 none")
        #expect(try read("smtp://[::1]") == "[::1]:25 none")
        #expect(try read("smtp://Mail.Example.org") == "mail.example.org:587 startTLS")
        #expect(try read("SMTPS://mail.example.org") == "mail.example.org:465 implicit")
        #expect(try read("smtps://localhost:1465") == "localhost:1465 implicit")
        #expect(throws: MailServer.Problem.login) { try MailServer("smtp://me:secret@mail.example.org") }
        for text in [
            "", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://a/b", "smtp://a?b", "smtp://a b",
        ] {
            #expect(throws: MailServer.Problem.malformed) { try MailServer(text) }
        }
    }
}
