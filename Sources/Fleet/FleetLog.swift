/// `FleetLog` is the ordered log that the machines of a fleet share: what one machine's store commits at once is one entry
/// of it (docs/spec/fleet.md §5).
///
/// Its calls block for as long as the engine takes, and belong to one thread at a time: that of the writer of the store.
package protocol FleetLog: AnyObject {
    /// How often the connection to the engine was lost, also where no call has failed for it: behind the next one there may be
    /// an engine that has not got all of the log.
    var losses: Int { get }

    /// Where the log ends.
    func end() throws(EngineFailure) -> LogEnd

    /// Gives the entries behind a position, in their order: as many as are there, and no more than fit into that many bytes,
    /// but one at least. Nothing where there are none; `.trimmed` where the next one is not kept any more.
    func entries(after position: UInt64, bytes: Int) throws(EngineFailure) -> [LogRow]

    /// Appends an entry if the log still ends at `seen`.
    ///
    /// - Parameter end: where the log ends with it: the number and chain of the store's last record.
    func append(_ body: [UInt8], seen: UInt64, end: LogEnd.Records) throws(EngineFailure) -> AppendOutcome

    /// Returns as soon as somebody else has appended or `waker` was called, or after that many milliseconds.
    func wait(milliseconds: Int)

    /// Ends a wait when it is called, or the next one where none is under way. It may be asked for on the log's thread, and
    /// called on any.
    var waker: @Sendable () -> Void { get }
}

/// `AppendOutcome` is what became of an append that was answered. One that was not is a failure of the connection, and
/// whether the entry is in the log is known only by reading on.
package enum AppendOutcome: Sendable, Equatable {
    /// It is in the log, durably, at this position.
    case appended(UInt64)
    /// Others have appended since: nothing was written.
    case overtaken
    /// This run of the machine is not in the fleet any more: nothing was written.
    case putOut
}

/// `LogEnd` is a place in the log.
package struct LogEnd: Sendable, Equatable {
    /// `Records` is how far the store's records are there.
    package struct Records: Sendable, Equatable {
        /// The number of the last record; 0 before the first.
        package var seq: UInt64
        /// That record's chain, 32 bytes.
        package var chain: [UInt8]

        package init(seq: UInt64, chain: [UInt8]) {
            self.seq = seq
            self.chain = chain
        }
    }

    /// The fleet's id.
    package var fleet: String
    /// How many entries there have been.
    package var position: UInt64
    package var records: Records

    package init(fleet: String, position: UInt64, records: Records) {
        self.fleet = fleet
        self.position = position
        self.records = records
    }
}

/// `LogRow` is an entry as the engine gives it, not yet looked into.
package struct LogRow: Sendable {
    package var position: UInt64
    /// How far the records were before it.
    package var before: LogEnd.Records
    package var body: [UInt8]
    /// The log ended with it when it was read: whoever has it need not ask whether more has come.
    package var isLast: Bool

    package init(position: UInt64, before: LogEnd.Records, body: [UInt8], isLast: Bool = false) {
        self.position = position
        self.before = before
        self.body = body
        self.isLast = isLast
    }
}

/// `EngineFailure` is why the engine has not done what it was asked for.
package struct EngineFailure: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// There is no answer, or no connection: it may have been done, and it may be tried again.
        case away
        /// The engine refuses it, and will go on doing so until somebody does something.
        case refused
        /// What is asked for is not kept any more.
        case trimmed
        /// What came cannot be, or is not this fleet's.
        case damaged
    }

    package var kind: Kind
    /// What was being done, to what, and what went wrong; no secret in it.
    package var text: String
    /// What a person can do.
    package var advice: String?

    package init(_ kind: Kind, _ text: String, advice: String? = nil) {
        self.kind = kind
        self.text = text
        self.advice = advice
    }

    package var description: String { advice.map { "\(text); \($0)" } ?? text }
}
