package import ArticleStore
package import FeedModel

/// `ArticleCopies` is the records of other feeds that are the same article (identity.md §9), in the order in which they were
/// stored.
package struct ArticleCopies {
    /// `Copy` is one of them.
    package struct Copy: Sendable {
        /// `Relation` says how the other record stands to the article.
        package enum Relation: String, Sendable {
            /// The article that this one repeats.
            case original
            /// It was there first, from a feed that is farther from the link's host.
            case superseded
            /// It came later, from a feed that is nearer to the link's host.
            case superseding
            /// It repeats this one.
            case duplicate
        }

        /// The number of the record.
        package var seq: UInt64
        /// Nil where retention has removed the record.
        package var feed: FeedIdentifier?
        package var relation: Relation
    }

    /// All that there are.
    package private(set) var all: [Copy] = []

    /// Whether there was no time to look for all of them: later ones may be missing.
    package private(set) var isCut = false

    /// Records are looked at between two looks at the clock.
    private static let stride = 1024

    /// Looks at the end of every line behind the article's first record.
    ///
    /// - Parameters:
    ///   - first: the article's first record, of that number.
    ///   - deadline: when looking ends; nil for never.
    package init(
        of first: StoredRecord, seq: UInt64, in reader: StoreReader, until deadline: ContinuousClock.Instant? = nil
    ) throws {
        if let other = first.duplicateOf { try add(other, .original, reader) }
        if let other = first.supersedes { try add(other, .superseded, reader) }
        var later: [Copy] = []
        var (looked, isCut) = (0, false)
        try reader.read(after: seq, damage: { _ in }) { record in
            let envelope = record.envelope
            looked += 1
            if let deadline, looked.isMultiple(of: Self.stride), ContinuousClock.now >= deadline {
                isCut = true
                return false
            }
            if envelope.supersedes == seq {
                later.append(Copy(seq: envelope.seq, feed: envelope.feed, relation: .superseding))
            } else if envelope.kind == .duplicate || envelope.standing == .released,
                StoredRecord(line: record.bytes)?.duplicateOf == seq
            {
                later.append(Copy(seq: envelope.seq, feed: envelope.feed, relation: .duplicate))
            }
            return true
        }
        all += later
        self.isCut = isCut
    }

    private mutating func add(_ seq: UInt64, _ relation: Copy.Relation, _ reader: StoreReader) throws {
        all.append(Copy(seq: seq, feed: try reader.record(seq: seq)?.feed, relation: relation))
    }
}

extension ArticleCopies.Copy: CustomStringConvertible {
    /// The copy in words: `record 3 of feed planet, which repeats this one`.
    package var description: String {
        let source = feed.map { "record \(seq) of feed \($0)" } ?? "record \(seq), which retention has removed"
        return switch relation {
        case .original: "\(source): this one repeats it"
        case .superseded: "\(source): it was there first, and is farther from the link's host"
        case .superseding: "\(source): it came later, and is nearer to the link's host"
        case .duplicate: "\(source): it repeats this one"
        }
    }
}
