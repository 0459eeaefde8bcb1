/// The name that a feed keeps for life, through changes of its URL (contract.md §2).
package struct FeedIdentifier: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }

    package static func < (left: FeedIdentifier, right: FeedIdentifier) -> Bool { left.text < right.text }
}
