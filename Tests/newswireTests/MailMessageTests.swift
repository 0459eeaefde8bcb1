import FeedModel
import Testing

@testable import newswire

@Suite("Mail: the message of an article")
struct MailMessageTests {
    private let composer: MailComposer

    init() throws {
        composer = MailComposer(
            sender: try MailAddress("news@example.org"),
            recipients: [try MailAddress("desk@example.org"), try MailAddress("second@example.org")])
    }

    private static let uid = ArticleIdentifier([UInt8](repeating: 7, count: 20)).description

    /// - Parameters:
    ///   - item: members of the item, each with a comma behind it.
    ///   - own: members of `_newswire`, each with a comma behind it.
    private func record(_ item: String, own: String = "") throws -> StoredRecord {
        let line = """
            {"id":"1",\(item)"_newswire":{"kind":"new","feed":"desk","feed_title":"The Desk","uid":"\(Self.uid)",\
            \(own)"version":1,"seq":12,"stored_at":"2026-11-22T08:00:03Z"}}
            """
        return try #require(StoredRecord(line: Array(line.utf8)))
    }

    private func message(_ item: String, own: String = "") throws -> String {
        String(decoding: composer.message(of: try record(item, own: own)).bytes, as: UTF8.self)
    }

    /// The fields of the header, unfolded.
    private func fields(_ message: String) -> [String] {
        let head = message.split(separator: "\r\n\r\n", maxSplits: 1).first ?? ""
        return head.replacing("\r\n ", with: " ").split(separator: "\r\n").map(String.init)
    }

    @Test("An article has a header that says where it is from and the same name each time")
    func header() throws {
        let message = try message(
            #""title":"Ship arrives","url":"https://example.org/1","date_published":"2026-11-20T09:30:00Z","tags":["Sea"],"#
        )
        #expect(
            fields(message) == [
                "From: \"The Desk\" <news@example.org>", "To: desk@example.org, second@example.org",
                "Subject: Ship arrives", "Date: Fri, 20 Nov 2026 09:30:00 +0000",
                "Message-ID: <\(Self.uid).1@example.org>", "Auto-Submitted: auto-generated",
                "List-Id: <desk.newswire.example.org>", "X-Newswire-Feed: desk", "X-Newswire-Seq: 12",
                "X-Newswire-URL: https://example.org/1", "Keywords: Sea", "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
            ])
    }

    @Test("No title, author, feed or link of a stranger brings a line or field of its own")
    func injection() throws {
        let evil = #"a\r\nBcc: all@example.org\r\n\r\nx\u0000\u0085\u2028\u202e"#
        let message = try message(
            """
            "title":"\(evil)","url":"https://example.org/\(evil)","authors":[{"name":"\(evil)"}],"tags":["\(evil)"],\
            "content_text":"t",
            """, own: "\"feed_tags\":[\"\(evil)\"],")
        let names = fields(message).map { $0.prefix { $0 != ":" } }
        #expect(!names.contains("Bcc") && names.count == 14)
        #expect(message.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 13 || $0 == 10 })
        #expect(!message.replacing("\r\n", with: "").utf8.contains { $0 == 13 || $0 == 10 })
    }

    @Test("Text beyond ASCII, and what looks encoded, is encoded in words that fit on a line")
    func encodedWords() throws {
        let long = String(repeating: "ä漢🛳", count: 20)
        for title in [long, "=?utf-8?Q?x?=", "a  =?b"] {
            let message = try message("\"title\":\"\(title)\",\"content_text\":\"t\",")
            let subject = try #require(fields(message).first { $0.hasPrefix("Subject: ") })
            #expect(
                subject.dropFirst(9).split(separator: " ").allSatisfy { $0.hasPrefix("=?utf-8?B?") && $0.count <= 75 })
            #expect(message.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        }
    }

    @Test("A display name is quoted where it has signs that mean something")
    func displayName() {
        var header = MailHeader()
        let address = try? MailAddress("a@b.c")
        if let address { header.mailbox("From", #"The "Desk", \ <x@y.z>"#, address) }
        #expect(String(decoding: header.bytes, as: UTF8.self) == "From: \"The \\\"Desk\\\", \\\\ <x@y.z>\" <a@b.c>\r\n")
    }

    @Test("An edit is a reply to the first version, dated when it was seen")
    func edits() throws {
        let line = """
            {"id":"1","title":"x","date_published":"2020-01-01T00:00:00Z","content_text":"t","_newswire":{"kind":"update",\
            "feed":"desk","uid":"\(Self.uid)","changed":["title"],"version":3,"seq":12,"stored_at":"2026-11-22T08:00:03Z"}}
            """
        let made = composer.message(of: try #require(StoredRecord(line: Array(line.utf8))))
        let text = String(decoding: made.bytes, as: UTF8.self)
        #expect(made.id == "\(Self.uid).3@example.org")
        #expect(fields(text).contains("In-Reply-To: <\(Self.uid).1@example.org>"))
        #expect(fields(text).contains("References: <\(Self.uid).1@example.org>"))
        #expect(fields(text).contains("Date: Sun, 22 Nov 2026 08:00:03 +0000"))
        #expect(text.contains("Version 3: title changed\r\n"))
    }

    @Test("A date that is still to come gives way to the time of storing")
    func futureDate() throws {
        let message = try message(#""title":"x","date_published":"2035-01-01T00:00:00Z","content_text":"t","#)
        #expect(fields(message).contains("Date: Sun, 22 Nov 2026 08:00:03 +0000"))
    }

    @Test("HTML goes through the sanitiser and stands behind its text, the link at the end of both")
    func html() throws {
        let message = try message(
            #""title":"<x>","url":"https://example.org/1","content_html":"<p>One</p><script>alert(1)</script><p>Two</p>","#
        )
        #expect(message.contains("boundary=\"=_newswire\"") && message.hasSuffix("\r\n--=_newswire--\r\n"))
        let parts = message.split(separator: "--=_newswire\r\n").dropFirst().map(String.init)
        #expect(parts.count == 2)
        #expect(parts[0].contains("One\r\n\r\nTwo\r\n\r\nhttps://example.org/1\r\n"))
        #expect(parts[1].contains("<title>&lt;x&gt;</title>") && parts[1].contains("<p>One</p>"))
        #expect(parts[1].contains("<a href=3D\"https://example.org/1\">") && !message.contains("alert"))
    }

    @Test("The text of the page that is given beside an article's stands below a heading, in both forms")
    func page() throws {
        let own = #""page":{"article":12,"content_html":"<p>The whole<script>x</script></p>","content_text":"x"},"#
        let html = try message(#""content_html":"<p>Short</p>","#, own: own)
        #expect(html.contains("Short\r\n\r\nThe page:\r\n\r\nThe whole\r\n"), "\(html)")
        #expect(html.contains("<p>Short</p>\r\n<hr>\r\n<h2>The page</h2>\r\n<p>The whole</p>"), "\(html)")
        let plain = try message(#""content_text":"a < b\n\nc","#, own: own.replacing("12", with: "3"))
        #expect(plain.contains("a < b\r\n\r\nc\r\n\r\nThe page, as it was before this version:\r\n"), "\(plain)")
        #expect(plain.contains("<p>a &lt; b</p>\r\n<p>c</p>"), "\(plain)")
    }

    @Test("An article that is longer than mail servers take is cut, and says so")
    func limits() throws {
        let long = String(repeating: "ä long text. ", count: 150_000)
        let message = composer.message(of: try record("\"title\":\"x\",\"content_html\":\"<p>\(long)</p>\","))
        #expect(message.bytes.count < 2 * MailBody.textLimit)
        let text = String(decoding: message.bytes, as: UTF8.self)
        #expect(text.contains("All of it is in the store, as 12.]") && text.contains("and left out.]"))
        #expect(!text.contains("text/html"))
    }

    @Test("Text is encoded in lines of 76 characters that lose nothing at their ends")
    func transferEncodings() {
        func encoded(_ text: String, _ encoding: TransferEncoding) -> String {
            var bytes: [UInt8] = []
            encoding.append(Array(text.utf8), to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(encoded("a=b \n\tc\t\nä", .quotedPrintable) == "a=3Db=20\r\n\tc=09\r\n=C3=A4\r\n")
        #expect(encoded("a\nb\n", .base64) == "YQ0KYg0K\r\n")
        for encoding in [TransferEncoding.quotedPrintable, .base64] {
            let lines = encoded(String(repeating: "xyz=ä ", count: 100), encoding).split(separator: "\r\n")
            #expect(lines.count > 5 && lines.allSatisfy { $0.utf8.count <= 76 })
        }
        #expect(TransferEncoding(for: Array("grün".utf8)) == .base64)
        #expect(TransferEncoding(for: Array("Das Schiff ist grün".utf8)) == .quotedPrintable)
    }

    @Test("A digest has each article's title, link and beginning, and a name that is made of the articles")
    func digest() throws {
        let records = [
            try record(
                "\"title\":\"<One>\",\"url\":\"https://example.org/1\",\"content_html\":\"<p>\(String(repeating: "word ", count: 1000))</p>\","
            ),
            try record(#""content_text":"Two","#),
        ]
        let digest = composer.digest(of: records, for: "hourly")
        #expect(digest == composer.digest(of: records, for: "hourly"))
        #expect(digest.id != composer.digest(of: [records[0]], for: "hourly").id)
        let text = String(decoding: digest.bytes, as: UTF8.self)
        #expect(fields(text).contains("Subject: 2 articles: The Desk"))
        #expect(fields(text).contains("List-Id: <hourly.digest.newswire.example.org>"))
        #expect(text.contains("<One>\r\nThe Desk | 2026-11-22 08:00 UTC\r\nhttps://example.org/1\r\nword word"))
        #expect(text.contains("<a href=3D\"https://example.org/1\">&lt;One&gt;</a>") && digest.bytes.count < 5000)
    }

    @Test("An address is one in plain ASCII, and anything else is refused with a reason")
    func addresses() {
        for text in ["desk@example.org", "a.b+c@localhost", "x@xn--bcher-kva.example"] {
            #expect((try? MailAddress(text))?.description == text)
        }
        for text in [
            "", "desk", "@example.org", "desk@", "a b@example.org", "a@b@c", "a@-b.c", "a@b..c", ".a@b.c", "a@b.c>",
            "<a@b.c>", "a@b.c\r\nRCPT TO:<x@y.z>", "\"a\"@b.c", "a@[127.0.0.1]",
        ] {
            #expect(throws: MailAddress.Problem.self) { try MailAddress(text) }
        }
        #expect(
            throws: MailAddress.Problem(
                description:
                    "has characters beyond ASCII, which few servers take in an address; write a domain as xn--…")
        ) {
            try MailAddress("desk@bücher.example")
        }
    }
}
