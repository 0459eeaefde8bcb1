import Digest
package import FeedModel

/// The articles of one document, each as a number: the first 63 bits of its uid, and in the last bit whether it has been
/// away. Ascending, none twice.
package struct SeenSet: Sendable, Equatable {
    private(set) var marks: [UInt64]

    package init() {
        marks = []
    }

    /// - Parameter articles: `isKnown`: stored before this document came.
    package init(_ articles: some Sequence<(uid: ArticleIdentifier, isKnown: Bool)>) {
        var all = articles.map { Self.mark($0.uid) | ($0.isKnown ? Self.hasBeenAway : 0) }
        all.sort()
        marks = all
        for (index, mark) in all.enumerated().dropFirst() where Self.isSame(mark, all[index - 1]) {
            marks = Self.unique(all)
            break
        }
    }

    /// - Parameter marks: as they were written down.
    init(ascending marks: [UInt64]) {
        self.marks = marks
    }

    package var count: Int { marks.count }

    static let hasBeenAway: UInt64 = 1

    static func mark(_ uid: ArticleIdentifier) -> UInt64 { uid.key.high & ~hasBeenAway }

    static func isSame(_ one: UInt64, _ other: UInt64) -> Bool { one | hasBeenAway == other | hasBeenAway }

    private static func unique(_ sorted: [UInt64]) -> [UInt64] {
        var result: [UInt64] = []
        for mark in sorted where result.last.map({ isSame($0, mark) }) != true { result.append(mark) }
        return result
    }

    func contains(_ uid: ArticleIdentifier) -> Bool {
        let wanted = Self.mark(uid)
        var range = marks.startIndex..<marks.endIndex
        while let middle = range.isEmpty ? nil : range.lowerBound + range.count / 2 {
            if Self.isSame(marks[middle], wanted) { return true }
            range = marks[middle] < wanted ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return false
    }

    /// What has become of a document's articles in the next one.
    struct Change: Equatable {
        /// The articles of the new document. Those that came back are marked: known, but not in the document before.
        var articles: SeenSet
        /// Those that only the old one had, with their marks.
        var gone: [UInt64] = []
        /// Both have the same.
        var isNone = false
    }

    /// - Parameter old: the document before; nil where that is not known: then nothing is known to have been away.
    func change(from old: SeenSet?) -> Change {
        guard let old else { return Change(articles: SeenSet(ascending: marks.map { $0 & ~Self.hasBeenAway })) }
        var change = Change(articles: self)
        var kept = 0
        var (left, right) = (0, 0)
        while left < old.marks.count || right < marks.count {
            if left < old.marks.count, right < marks.count, Self.isSame(old.marks[left], marks[right]) {
                change.articles.marks[right] = old.marks[left]
                kept += 1
                left += 1
                right += 1
            } else if right == marks.count || (left < old.marks.count && old.marks[left] < marks[right]) {
                change.gone.append(old.marks[left])
                left += 1
            } else {
                right += 1
            }
        }
        change.isNone = kept == old.marks.count && kept == marks.count
        return change
    }
}
