import FeedModel
import Testing

@testable import Archiving

@Suite("Records of WARC")
struct WARCRecordTests {
    private let date = Timestamp(milliseconds: 1_795_881_600_123)

    private func unpacked(_ record: WARCRecord) throws -> String {
        String(decoding: record.bytes, as: UTF8.self)
    }

    @Test("A record has a header of WARC/1.1 with digests of its block and of its payload, and its block as it is")
    func form() throws {
        let block = HTTPBlock(status: 200, fields: [("Server", "x")], body: Array("<p>Hello</p>".utf8))
        let record = WARCRecord(
            .response, at: date, of: "https://example.org/a", contentType: HTTPBlock.type, block: block.bytes,
            payload: block.body)
        let text = try unpacked(record)
        #expect(text.hasPrefix("WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:"))
        #expect(text.contains("\r\nWARC-Date: 2026-11-28T16:00:00.123Z\r\n"))
        #expect(text.contains("\r\nContent-Type: application/http; msgtype=response\r\n"))
        // printf '<p>Hello</p>' | sha256sum
        #expect(
            text.contains(
                "\r\nWARC-Payload-Digest: sha256:d0a26d23e9d8e0538fd47e7bc502d26cf6c320e8daaec7c8521d4769530f5900\r\n"))
        #expect(text.contains("\r\nContent-Length: \(block.bytes.count)\r\n\r\nHTTP/1.1 200 OK\r\nServer: x\r\n"))
        #expect(text.hasSuffix("\r\nContent-Length: 12\r\n\r\n<p>Hello</p>\r\n\r\n"))
        let read = try #require(WARCRecord(record.bytes))
        #expect(read == record && read.isAsWritten && read.kind == .response && read.date == date)
    }

    @Test("Two records have different ids, each of the form of a random UUID")
    func ids() throws {
        let ids = try (0..<2).map { _ in
            try #require(WARCRecord(.warcinfo, at: date, contentType: WARCRecord.fieldsType, block: []).id)
        }
        #expect(ids[0] != ids[1])
        for id in ids {
            let parts = id.dropFirst("<urn:uuid:".count).dropLast().split(separator: "-")
            #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
            #expect(parts[2].hasPrefix("4") && "89ab".contains(parts[3].prefix(1)))
        }
    }

    @Test(
        "What is no whole record, or more than one, is not taken for one",
        arguments: ["WARC/2.0", "Content-Length: 1\r\n", "Content-Length: 99999", "cut", "more"])
    func others(harm: String) {
        var bytes = WARCRecord(.metadata, at: date, contentType: "text/plain", block: [1, 2]).bytes
        #expect(WARCRecord(bytes) != nil)
        switch harm {
        case "cut": bytes.removeLast()
        case "more": bytes.append(0)
        case "WARC/2.0": bytes.replaceSubrange(0..<8, with: Array(harm.utf8))
        default:
            let text = String(decoding: bytes, as: UTF8.self)
            bytes = Array(text.replacing("Content-Length: 2", with: harm).utf8)
        }
        #expect(WARCRecord(bytes) == nil)
    }

    @Test("A block that is not the one of the digest is told from it")
    func digest() throws {
        var record = WARCRecord(.metadata, at: date, contentType: "text/plain", block: [1, 2])
        record.block = [1, 3]
        let read = try #require(WARCRecord(record.bytes))
        #expect(!read.isAsWritten)
    }

    @Test(
        "Cookies, and how a body was packed that is not any more, are not in the header; what was is under another name"
    )
    func headers() throws {
        let fields = [
            ("Content-Type", "text/html"), ("set-cookie", "session=s3cret"), ("Set-Cookie2", "s3cret"),
            ("Content-Encoding", "gzip"), ("transfer-encoding", "chunked"), ("Content-Length", "17"),
            ("X-Name", "caf\u{e9}\r\nInjected: yes"),
        ]
        let block = HTTPBlock(status: 203, fields: fields, body: Array("body".utf8))
        let text = block.bytes.map { Character(Unicode.Scalar($0)) }.reduce(into: "") { $0.append($1) }
        #expect(text.hasPrefix("HTTP/1.1 203 \r\n") && text.hasSuffix("\r\nContent-Length: 4\r\n\r\nbody"))
        #expect(!text.contains("s3cret") && !text.lowercased().contains("cookie"))
        #expect(text.contains("\r\nX-Crawler-Content-Encoding: gzip\r\nX-Crawler-transfer-encoding: chunked\r\n"))
        #expect(text.contains("\r\nX-Crawler-Content-Length: 17\r\n") && !text.contains("\r\nInjected"))
        let read = try #require(HTTPBlock(block.bytes))
        #expect(read.status == 203 && read.body == block.body && read.field("content-type") == "text/html")
        #expect(read.field("X-Name")?.hasPrefix("caf\u{e9}") == true)
    }

    @Test("URLs of the header are without what lets others in")
    func secrets() {
        let block = HTTPBlock(
            status: 200,
            fields: [
                ("Content-Location", "/a?token=s3cret&x=1"),
                ("Link", "<https://example.org/a?api_key=s3cret>; rel=canonical"),
            ], body: [])
        let text = String(decoding: block.bytes, as: UTF8.self)
        #expect(!text.contains("s3cret") && text.contains("Content-Location: /a?token=***&x=1"))
    }

    @Test("A header without end is cut, and the record of it can be read")
    func longHeader() throws {
        let fields = (0..<5000).map { ("X-\($0)", String(repeating: "v", count: 50)) }
        let block = HTTPBlock(status: 200, fields: fields, body: Array("body".utf8))
        let read = try #require(HTTPBlock(block.bytes))
        #expect(read.body == block.body && read.fields.count > 500 && read.fields.count < 1000)
    }

    @Test("A value with a line end in it stays one line of fields")
    func injection() {
        var fields = WARCFields()
        fields.add("feed", "one\r\nuid: two")
        #expect(WARCFields(fields.bytes[...]).lines.count == 1)
        #expect(WARCFields(fields.bytes[...])["feed"] == "one  uid: two")
    }
}
