/// Retention has removed this, or would.
package struct RetentionResult: Sendable, Equatable {
    /// Why it stopped before it came to what is young enough.
    package enum Obstacle: Sendable, Equatable {
        /// They have not had all of the next segment yet; nil where the cursor cannot be read.
        case consumers([Consumer])
        /// A damaged segment cannot be said to be old, and what it held of identities would be lost.
        case damage(StoreDamage)
    }

    /// A consumer that has not had all that could go.
    package struct Consumer: Sendable, Equatable {
        /// The consumer's name.
        package var name: String
        /// The last record that it has had; nil where its cursor cannot be read.
        package var seq: UInt64?

        /// A consumer and its place.
        package init(name: String, seq: UInt64?) {
            self.name = name
            self.seq = seq
        }
    }

    /// How many segments went, or would.
    package var segments = 0
    /// How many records were in them.
    package var records: UInt64 = 0
    /// How large they were.
    package var bytes: UInt64 = 0
    /// The last record removed; 0 where none was.
    package var lastSeq: UInt64 = 0
    /// Why no more went; nil where all that is left is young enough.
    package var obstacle: Obstacle?

    /// The result of a turn that has not removed anything yet.
    package init() {}
}

/// Which consumers have not had what a segment holds.
struct RetentionGuard {
    let consumers: [RetentionResult.Consumer]

    /// A cursor that cannot be read may stand anywhere.
    func waiting(for lastSeq: UInt64) -> [RetentionResult.Consumer] {
        consumers.filter { consumer in consumer.seq.map { $0 < lastSeq } ?? true }
    }
}

extension RetentionResult.Obstacle: CustomStringConvertible {
    /// What stands in the way and what a person can do.
    package var description: String {
        switch self {
        case .consumers(let consumers):
            let names = consumers.map { consumer in
                consumer.seq.map { "\(consumer.name) (has had all up to \($0))" }
                    ?? "\(consumer.name) (its cursor cannot be read)"
            }
            return "not had by \(names.joined(separator: ", ")) yet: let them dump, move their cursors with"
                + " `newswire ack NAME SEQ`, or remove all the same with `newswire store expire --force`"
        case .damage(let damage):
            return "\(damage); such a segment is only removed with `newswire store expire --force`"
        }
    }
}
