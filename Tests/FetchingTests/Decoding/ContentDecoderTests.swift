import FeedModel
import TestSupport
import Testing

@testable import Fetching

@Suite("Bodies are unpacked as browsers unpack them, whatever they are called")
struct ContentDecoderTests {
    static let text = "<rss version=\"2.0\"><channel><title>t</title><item><guid>1</guid></item></channel></rss>"
    static let plain = Array(text.utf8)
    static let zlib: [UInt8] =
        [120, 156, 179, 41, 42, 46, 86, 40, 75, 45, 42, 206, 204, 207, 179, 85, 50, 210, 51, 80, 178, 179, 73, 206, 72]
        + [
            204, 203, 75, 205, 177, 179, 41, 201, 44, 201, 73, 181, 43, 177, 209, 135, 48, 108, 50, 75, 82, 115, 237,
            108,
        ]
        + [
            210, 75, 51, 83, 236, 12, 109, 244, 193, 180, 141, 62, 68, 80, 31, 174, 73, 31, 104, 162, 29, 0, 34, 240,
            29,
        ]
        + [226]
    static let deflate: [UInt8] =
        [179, 41, 42, 46, 86, 40, 75, 45, 42, 206, 204, 207, 179, 85, 50, 210, 51, 80, 178, 179, 73, 206, 72, 204, 203]
        + [
            75, 205, 177, 179, 41, 201, 44, 201, 73, 181, 43, 177, 209, 135, 48, 108, 50, 75, 82, 115, 237, 108, 210,
            75,
        ]
        + [51, 83, 236, 12, 109, 244, 193, 180, 141, 62, 68, 80, 31, 174, 73, 191, 168, 184, 216, 14, 0]
    static let brotli: [UInt8] =
        [
            27, 86, 0, 0, 140, 212, 86, 121, 162, 220, 8, 234, 100, 169, 91, 247, 200, 23, 139, 160, 32, 125, 202, 230,
            156,
        ]
        + [114, 192, 26, 72, 81, 24, 117, 184, 127, 187, 167, 172, 136, 54, 9, 210, 219, 151, 189, 63, 63, 175, 60, 12]
        + [27, 148, 205, 35, 94, 250, 27, 156, 195, 72, 4, 35, 67, 42, 66, 221, 27]
    static let zstd: [UInt8] =
        [40, 181, 47, 253, 4, 88, 101, 2, 0, 212, 3, 60, 114, 115, 115, 32, 118, 101, 114, 115, 105, 111, 110, 61, 34]
        + [50, 46, 48, 34, 62, 60, 99, 104, 97, 110, 110, 101, 108, 62, 60, 116, 105, 116, 108, 101, 62, 116, 60, 47]
        + [60, 105, 116, 101, 109, 62, 60, 103, 117, 105, 100, 62, 49, 60, 47, 60, 47, 47, 47, 114, 115, 115, 62, 4, 0]
        + [88, 21, 129, 115, 176, 149, 91, 205, 161, 144, 1, 73, 173, 239, 122]
    static let gzip = Gzip.stored(plain)
    static let halves = Gzip.stored(Array(plain.prefix(40))) + Gzip.stored(Array(plain.dropFirst(40)))

    struct Body: Sendable, CustomTestStringConvertible {
        let label: String
        let bytes: [UInt8]
        let what: String
        var testDescription: String { "\(label): \(what)" }
    }

    static let readable: [Body] = [
        Body(label: "", bytes: plain, what: "plain"), Body(label: "", bytes: gzip, what: "gzip"),
        Body(label: "", bytes: zstd, what: "zstd"), Body(label: "gzip", bytes: gzip, what: "gzip"),
        Body(label: "x-gzip", bytes: gzip, what: "gzip"), Body(label: "gzip", bytes: halves, what: "two members"),
        Body(label: "gzip", bytes: gzip + Array("trailing".utf8), what: "bytes behind the end"),
        Body(label: "gzip", bytes: gzip + [0, 0, 0], what: "zeros behind the end"),
        Body(label: "", bytes: halves + [1], what: "two members and a byte"),
        Body(label: "gzip", bytes: plain, what: "plain"), Body(label: "deflate", bytes: plain, what: "plain"),
        Body(label: "br", bytes: plain, what: "plain"), Body(label: "zstd", bytes: plain, what: "plain"),
        Body(label: "utf-8", bytes: plain, what: "plain"), Body(label: "identity", bytes: plain, what: "plain"),
        Body(label: "none", bytes: plain, what: "plain"), Body(label: "binary", bytes: plain, what: "plain"),
        Body(label: "windows-1251", bytes: plain, what: "plain"), Body(label: "utf-8", bytes: gzip, what: "gzip"),
        Body(label: "UTF-8, gzip", bytes: gzip, what: "gzip"), Body(label: "deflate", bytes: zlib, what: "zlib"),
        Body(label: "deflate", bytes: deflate, what: "raw"), Body(label: "deflate", bytes: gzip, what: "gzip"),
        Body(label: "gzip", bytes: zlib, what: "zlib"), Body(label: "br", bytes: brotli, what: "brotli"),
        Body(label: "zstd", bytes: zstd, what: "zstd"),
        Body(label: "gzip", bytes: Gzip.stored(gzip), what: "gzip of a .gz"),
        Body(label: "gzip, gzip", bytes: Gzip.stored(gzip), what: "twice"),
        Body(label: "compress", bytes: plain, what: "plain"),
    ]

    /// What comes out, with the body taken in pieces of so many bytes.
    private func decode(_ label: String, _ bytes: [UInt8], step: Int = .max) throws(ContentDecoder.Problem) -> [UInt8] {
        let fields = HeaderFields([(name: "Content-Encoding", value: label)])
        let decoder = ContentDecoder(ContentCoding.Label.all(fields), limit: 2)
        var result: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(step))
            rest = rest.dropFirst(piece.count)
            var problem: ContentDecoder.Problem?
            piece.withUnsafeBytes { bytes in
                do throws(ContentDecoder.Problem) {
                    try decoder.decode(bytes) {
                        result.append(contentsOf: $0)
                        return true
                    }
                } catch { problem = error }
            }
            if let problem { throw problem }
        }
        try decoder.finish {
            result.append(contentsOf: $0)
            return true
        }
        return result
    }

    @Test("What a browser reads is read, in whatever pieces it comes", arguments: readable)
    func reads(body: Body) throws {
        for step in [1, 7, 64, 100_000] {
            #expect(try decode(body.label, body.bytes, step: step) == Self.plain, "\(step)")
        }
    }

    @Test("What ends in the middle says so, and what came is there")
    func cut() {
        for bytes in [Self.gzip, Self.brotli, Self.zstd, Self.zlib] {
            let label = bytes == Self.brotli ? "br" : bytes == Self.zlib ? "deflate" : "gzip"
            #expect(throws: ContentDecoder.Problem.cut(label)) { try decode(label, Array(bytes.dropLast(3))) }
        }
    }

    @Test("What is nothing that could be read is refused by its label")
    func unreadable() {
        let noise: [UInt8] = (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 3) }
        for label in ["gzip", "compress"] {
            #expect(throws: ContentDecoder.Problem.unreadable(label)) { try decode(label, noise) }
        }
        #expect(throws: ContentDecoder.Problem.broken("zstd")) { try decode("zstd", noise) }
        #expect(throws: ContentDecoder.Problem.broken("gzip")) {
            try decode("gzip", Array(Self.gzip.prefix(10)) + [7] + noise)
        }
    }

    @Test("security.md §4: whoever has had enough gets no more, and the layers are bounded")
    func enough() throws {
        var taken = 0
        let decoder = ContentDecoder([.gzip], limit: 2)
        let packed =
            Gzip.stored([UInt8](repeating: 32, count: 60_000)) + Gzip.stored([UInt8](repeating: 32, count: 60_000))
        try packed.withUnsafeBytes { bytes in
            try decoder.decode(bytes) {
                taken += $0.count
                return false
            }
        }
        #expect(taken <= CodingLayer.blockBytes)
        // A third layer is left as it is.
        let thrice = Gzip.stored(Gzip.stored(Self.gzip))
        #expect(try decode("gzip", thrice) == Self.gzip)
    }

    @Test("Accept-Encoding names what can be undone, gzip first")
    func accepted() async throws {
        let server = LoopbackServer()
        server.on("/feed", LoopbackResponse(body: "x"))
        _ = await (try FetchEngine()).fetch(server.url("/feed"))
        let sent = server.requests.first?.header("Accept-Encoding")
        #expect(sent?.hasPrefix("gzip, deflate") == true)
        #expect(sent == "gzip, deflate, br, zstd")
    }
}
