package import FeedModel
package import JSONText

/// `DeliveryFailure` is what keeps a consumer from getting on: a batch that its target does not take.
package struct DeliveryFailure: Sendable, Equatable {
    /// The batch was first tried in vain then.
    package var since: Timestamp
    /// So many times it was tried in vain.
    package var attempts: Int
    /// The first article of the batch has this number.
    package var first: UInt64
    /// The last article of the batch had this number when it was tried last.
    package var last: UInt64
    /// The reason is in the words of `the command ended with status 1`.
    package var reason: String

    package init(since: Timestamp, attempts: Int, first: UInt64, last: UInt64, reason: String) {
        self.since = since
        self.attempts = attempts
        self.first = first
        self.last = last
        self.reason = reason
    }

    /// Bytes that a file of one may have.
    fileprivate static let longest = 4096

    /// Reads what `line` wrote; nil for anything else.
    fileprivate init?(_ bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes).value,
            let since = json["since"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
            let attempts = json["attempts"]?.integer.flatMap({ Int(exactly: $0) }),
            let first = json["first_seq"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let last = json["last_seq"]?.integer.flatMap({ UInt64(exactly: $0) }), let reason = json["reason"]?.string
        else { return nil }
        self.init(since: since, attempts: max(1, attempts), first: first, last: last, reason: reason)
    }

    /// Writes the failure as an object.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("since", since)
        json.member("attempts", attempts)
        json.member("first_seq", first)
        json.member("last_seq", last)
        json.member("reason", reason)
        json.endObject()
    }

    fileprivate var line: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.finish() + [0x0a]
    }
}

/// What keeps consumers from getting on, in a file beside each cursor: so that `consumers` and `status` can say it.
extension Cursors {
    private static let failureKind: StaticString = "failure"

    /// Tells what keeps a consumer from getting on; nil where nothing does, or where its cursor was moved past the batch.
    package func failure(of name: String) -> DeliveryFailure? {
        guard
            let failure = readNote(Self.failureKind, of: name, longest: DeliveryFailure.longest)
                .flatMap({ DeliveryFailure($0) })
        else { return nil }
        if let seq = try? read(name), seq >= failure.last { return nil }
        return failure
    }

    /// Writes down what keeps a consumer from getting on, or, with nil, that nothing does. The caller has the consumer's
    /// lock. Losing it costs a word in `consumers`, and the count of attempts.
    package func note(_ failure: DeliveryFailure?, of name: String) throws(StoreError) {
        try writeNote(failure?.line, Self.failureKind, of: name)
    }
}
