internal import FeedModel

/// `seq stored_at feed kind id url title`, separated by tabs: for `cut`, `awk` and spreadsheets.
///
/// A backslash is `\\`, a tab `\t`, line breaks `\n` and `\r`; other control characters, and those that turn the direction
/// of text, are `\u` with four digits.
struct TSVFormat: ArticleFormat {
    func append(_ record: StoredRecord, to bytes: inout [UInt8]) {
        let fields = [
            record.seq.map { "\($0)" }, record.storedAtText, record.feed?.text, record.kind?.rawValue, record.id,
            record.url, record.title,
        ]
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "\t")) }
            append(field ?? "", to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private func append(_ field: String, to bytes: inout [UInt8]) {
        for scalar in field.unicodeScalars {
            switch scalar.value {
            case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
            case 0x0a: bytes.append(contentsOf: #"\n"#.utf8)
            case 0x0d: bytes.append(contentsOf: #"\r"#.utf8)
            case 0x5c: bytes.append(contentsOf: #"\\"#.utf8)
            case _ where SafeText.isUnsafe(scalar):
                let digits = String(scalar.value, radix: 16)
                bytes.append(contentsOf: (#"\u"# + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}
