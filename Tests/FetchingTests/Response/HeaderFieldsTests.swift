import Testing

@testable import Fetching

@Suite("Header fields are kept as they came")
struct HeaderFieldsTests {
    @Test("Header fields are found in any case, and their values are trimmed")
    func namesAreFoundInAnyCaseAndValuesAreTrimmed() {
        var fields = HeaderFields()
        for line in [
            "ETag: \t\"a\" \r\n", "X-ETag: no\r\n", "etag:second\r\n", "Empty:\r\n", "no colon\r\n", "E: e\r\n",
        ] {
            fields.append(line: Array(line.utf8))
        }
        #expect(fields.first("etag") == "\"a\"")
        #expect(fields.all("ETAG") == ["\"a\"", "second"])
        #expect(fields.first("Empty") == nil)
        #expect(fields.first("Tag") == nil)
        #expect(fields.first("e") == "e")
        #expect(fields.first("Missing") == nil)
    }

    @Test("A header line that starts with white space continues the one before")
    func aFoldedLineGoesOn() {
        var fields = HeaderFields()
        fields.append(line: Array("  lost\r\n".utf8))
        fields.append(line: Array("Cache-Control: public,\r\n".utf8))
        fields.append(line: Array("\t max-age=5\r\n".utf8))
        #expect(fields.first("Cache-Control") == "public, max-age=5")
    }

    @Test("Every byte of a header value survives the way to text and back")
    func everyByteSurvivesTheWayThere() {
        let bytes = (0x21...0xff).map { UInt8($0) }
        var fields = HeaderFields()
        fields.append(line: Array("ETag: ".utf8) + bytes)
        #expect(fields.first("ETag").map(HeaderFields.bytes) == bytes)
    }
}
