internal import ArticleStore
internal import FeedModel

/// `CommitGroup` is what goes into one entry of the log: commits, or parts of one that is larger than an entry may be.
package struct CommitGroup {
    struct Part {
        /// Which of the commits of the batch it is of.
        var index: Int
        var commit: FeedCommit
        var basis: CommitBasis
        /// In the last part alone: validators are never in the log before the articles.
        var difference: StateDifference?
        var isLast = true
    }

    var parts: [Part] = []
    /// What is stored of it where the entry is in the log that it was rendered into last; nil before it was.
    var result: CommitResult?

    /// An entry has 64 MiB at most, in which a header and states that wait have to fit too.
    package static let mostBytes = 48 << 20

    /// Puts commits together in their order, as many as fit into an entry.
    static func groups(of batch: [LedgerCommit], mostBytes: Int = mostBytes) -> [CommitGroup] {
        var groups: [CommitGroup] = []
        var group = CommitGroup()
        var size = 0
        func end() {
            if !group.parts.isEmpty { groups.append(group) }
            group = CommitGroup()
            size = 0
        }
        for (index, commit) in batch.enumerated() {
            let states = commit.difference?.line.count ?? 0
            let total = commit.commit.records.reduce(states) { $0 + $1.sizeLimit }
            if size + total > mostBytes { end() }
            var part = Part(index: index, commit: commit.commit, basis: commit.basis, difference: commit.difference)
            if total > mostBytes {
                // One document may have more than an entry.
                part.isLast = false
                part.difference = nil
                part.commit.records = []
                for record in commit.commit.records {
                    if size + record.sizeLimit + states > mostBytes {
                        group.parts.append(part)
                        end()
                        part.commit.records = []
                    }
                    part.commit.records.append(record)
                    size += record.sizeLimit
                }
                part.isLast = true
                part.difference = commit.difference
            } else {
                size += total
            }
            group.parts.append(part)
        }
        end()
        return groups
    }
}
