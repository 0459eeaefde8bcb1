package import ArticleStore
package import JSONText

/// What a removal of old articles has done, or would do; the same whether a command did it or the service for it.
package struct RetentionReport: Sendable, Equatable {
    package var segments: Int
    package var records: UInt64
    package var bytes: UInt64
    /// The last record removed; 0 where none was.
    package var lastSeq: UInt64
    /// Why something that is older was left.
    package var obstacle: String?

    package init(_ result: RetentionResult) {
        segments = result.segments
        records = result.records
        bytes = result.bytes
        lastSeq = result.lastSeq
        obstacle = result.obstacle?.description
    }

    /// A report that came over the control socket; nil where it is none.
    package init?(_ json: JSONValue) {
        func count<Count: BinaryInteger>(_ name: String) -> Count? { json[name]?.integer.flatMap(Count.init(exactly:)) }
        guard let segments: Int = count("segments"), let records: UInt64 = count("records"),
            let bytes: UInt64 = count("bytes"), let lastSeq: UInt64 = count("last_seq")
        else { return nil }
        self.segments = segments
        self.records = records
        self.bytes = bytes
        self.lastSeq = lastSeq
        obstacle = json["obstacle"]?.string
    }

    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("segments", segments)
        json.member("records", records)
        json.member("bytes", bytes)
        json.member("last_seq", lastSeq)
        json.member("obstacle", obstacle)
        json.endObject()
    }
}
