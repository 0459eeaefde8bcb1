import FeedModel
import Testing

@testable import Archiving

@Suite("The names of the archive's files")
struct ArchiveFileNameTests {
    @Test("A name says when the file was begun, to the millisecond in UTC, and its serial number")
    func name() throws {
        let begun = try #require(Timestamp(rfc3339: "2026-11-28T16:00:00.123Z"))
        let name = ArchiveFileName(begun: begun, serial: 42)
        #expect(name.text == "newswire-20261128160000123-00042.warc.gz")
        #expect(ArchiveFileName(name.text) == name)
        #expect(ArchivePlace("\(name.text):239") == ArchivePlace(file: name, offset: 239))
        #expect("\(ArchivePlace(file: name, offset: 239))" == "\(name.text):239")
    }

    @Test(
        "What newswire does not write is not taken for a file of the archive, or for a place in one",
        arguments: [
            "newswire-20261128160000123-42.warc.gz", "newswire-20261328160000123-00042.warc.gz",
            "newswire-2026112816000012-00042.warc.gz", "newswire-20261128160000123-00042.warc",
            "../newswire-20261128160000123-00042.warc.gz", "newswire-20261128160000123-0004x.warc.gz",
            "newswire-20261128160000123-00000000000000000042.warc.gz", "",
        ])
    func others(text: String) {
        #expect(ArchiveFileName(text) == nil)
        #expect(ArchivePlace("\(text):1") == nil)
        #expect(ArchivePlace("newswire-20261128160000123-00042.warc.gz:-1") == nil)
        #expect(ArchivePlace("newswire-20261128160000123-00042.warc.gz") == nil)
    }
}
