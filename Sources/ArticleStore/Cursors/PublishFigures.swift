package import JSONText

/// `PublishFigures` are what a publisher has counted, over all its runs: for `status` and the metrics, and for nothing that
/// articles depend on.
package struct PublishFigures: Sendable, Equatable {
    /// So many messages were acknowledged.
    package var published: UInt64 = 0
    /// So many times a bus was away, or did not take a batch.
    package var errors: UInt64 = 0
    /// So many messages went without their content, because the bus takes no line of that length.
    package var shortened: UInt64 = 0
    /// The last message that the bus has acknowledged, or said to have, is of this record; nil where none is known.
    package var busSeq: UInt64?

    /// Begins to count.
    package init() {}

    /// Bytes that a file of them may have.
    fileprivate static let longest = 1024

    /// Reads what `line` wrote; nil for anything else.
    fileprivate init?(_ bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes).value, json.object != nil else { return nil }
        func number(_ key: String) -> UInt64? { json[key]?.integer.flatMap { UInt64(exactly: $0) } }
        published = number("published") ?? 0
        errors = number("errors") ?? 0
        shortened = number("shortened") ?? 0
        busSeq = number("bus_seq")
    }

    /// Writes the figures as an object.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("published", published)
        json.member("errors", errors)
        json.member("shortened", shortened)
        json.member("bus_seq", busSeq)
        json.endObject()
    }

    fileprivate var line: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.finish() + [0x0a]
    }
}

/// What publishers have counted, in a file beside each cursor.
extension Cursors {
    private static let figuresKind: StaticString = "published"

    /// Tells what the publisher of a consumer has counted; nil where none has.
    package func publishFigures(of name: String) -> PublishFigures? {
        readNote(Self.figuresKind, of: name, longest: PublishFigures.longest).flatMap { PublishFigures($0) }
    }

    /// Writes down what a publisher has counted; with nil, that there is none. Not durable: a crash costs a few of the count.
    package func keep(_ figures: PublishFigures?, of name: String) throws(StoreError) {
        try writeNote(figures?.line, Self.figuresKind, of: name)
    }
}
