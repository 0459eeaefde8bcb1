package import ArticleStore
package import FeedModel
internal import JSONText

/// What is told of records of which it is not known whether they match.
enum MatchText {
    static func undecided(_ count: Int, _ deed: String) -> String {
        let (articles, they, were) = count == 1 ? ("1 article", "it", "was") : ("\(count) articles", "they", "were")
        return
            "of \(articles) it is not known whether \(they) match\(count == 1 ? "es" : ""), because a /regex/ of --match"
            + " takes too long there; \(they) \(were) \(deed)"
    }
}

/// `TakenRecord` is a record that was asked for. It is valid only as long as the slice is that it was made of.
package struct TakenRecord {
    private enum Form {
        case stored(RecordSlice)
        /// Other rules were asked, or its page was put to it, so that it is not the line of the store any more.
        case changed(StoredRecord)
    }

    private let form: Form
    /// Whether it is not known that it is what was asked for, because a /regex/ of `--match` takes too long for it. It is
    /// taken all the same, so that nothing is lost by that.
    package internal(set) var isUndecided = false
    /// Until when it is held back, as its page may still come; nil where it is not.
    var heldUntil: Timestamp?

    package init(_ slice: RecordSlice) { form = .stored(slice) }

    package init(changed record: StoredRecord) { form = .changed(record) }

    /// Reads the record as JSON.
    package func record() throws -> StoredRecord {
        switch form {
        // A line whose checksum holds is JSON, unless newswire itself wrote it wrong.
        case .stored(let slice): StoredRecord(try JSONParser.parse(slice.bytes).value)
        case .changed(let record): record
        }
    }

    /// Calls `body` with its line, line feed included: of what is printed as it is stored, without a look at it.
    package func withLine<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        switch form {
        case .stored(let slice): return try body(slice.bytes)
        case .changed(let record):
            var bytes: [UInt8] = []
            JSONLinesFormat().append(record, to: &bytes)
            return try bytes.withUnsafeBytes(body)
        }
    }
}
