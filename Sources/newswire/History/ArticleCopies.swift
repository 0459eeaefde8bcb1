internal import ArticleStore
internal import FeedModel

/// The records of other feeds that are the same article (identity.md §9), in the order in which they were stored.
struct ArticleCopies {
    struct Copy {
        enum Relation: String {
            /// The article that this one repeats.
            case original
            /// It was there first, from a feed that is farther from the link's host.
            case superseded
            /// It came later, from a feed that is nearer to the link's host.
            case superseding
            /// It repeats this one.
            case duplicate
        }

        var seq: UInt64
        /// Nil where retention has removed the record.
        var feed: FeedIdentifier?
        var relation: Relation
    }

    private(set) var all: [Copy] = []

    /// Looks at the end of every line behind the article's first record.
    ///
    /// - Parameter first: the article's first record, of that number.
    init(of first: StoredRecord, seq: UInt64, in reader: StoreReader) throws {
        if let other = first.duplicateOf { try add(other, .original, reader) }
        if let other = first.supersedes { try add(other, .superseded, reader) }
        var later: [Copy] = []
        try reader.read(after: seq, damage: { _ in }) { record in
            let envelope = record.envelope
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
    }

    private mutating func add(_ seq: UInt64, _ relation: Copy.Relation, _ reader: StoreReader) throws {
        all.append(Copy(seq: seq, feed: try reader.record(seq: seq)?.feed, relation: relation))
    }
}

extension ArticleCopies.Copy: CustomStringConvertible {
    /// `record 3 of feed planet, which repeats this one`.
    var description: String {
        let source = feed.map { "record \(seq) of feed \($0)" } ?? "record \(seq), which retention has removed"
        return switch relation {
        case .original: "\(source): this one repeats it"
        case .superseded: "\(source): it was there first, and is farther from the link's host"
        case .superseding: "\(source): it came later, and is nearer to the link's host"
        case .duplicate: "\(source): it repeats this one"
        }
    }
}
