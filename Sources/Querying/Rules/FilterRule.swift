package import FeedModel
private import Text

/// `FilterRule` is one `[[filter]]` of the configuration (filters.md §2): what becomes of the articles that its query
/// matches, in the feeds that it is for.
package struct FilterRule: Sendable, Equatable {
    /// `Action` is what a rule does.
    package enum Action: Sendable, Equatable {
        /// What matches is blocked.
        case block
        /// What does not match this or another rule that keeps is blocked.
        case keep
        /// What matches gets this label.
        case label(String)

        /// `Kind` is an action without its label, by the word that the configuration has for it.
        package enum Kind: String, Sendable, CaseIterable {
            case block, keep, label
        }

        package var kind: Kind {
            switch self {
            case .block: .block
            case .keep: .keep
            case .label: .label
            }
        }
    }

    /// The name is unique among the rules.
    package let name: String
    package let action: Action
    /// The query was read for use in a rule.
    package let query: Query
    /// The rule is for these feeds, and for those with one of `tags`; where both are empty, for all.
    package let feeds: Set<FeedIdentifier>
    package let tags: Set<TagKey>

    package init(
        name: String, action: Action, query: Query, feeds: Set<FeedIdentifier> = [], tags: Set<TagKey> = []
    ) {
        self.name = name
        self.action = action
        self.query = query
        self.feeds = feeds
        self.tags = tags
    }

    /// Tells whether the rule is for all feeds.
    package var isForAllFeeds: Bool { feeds.isEmpty && tags.isEmpty }

    /// Tells whether the rule is for a feed.
    package func isFor(_ feed: FeedIdentifier, tags feedTags: Set<TagKey>) -> Bool {
        isForAllFeeds || feeds.contains(feed) || !tags.isDisjoint(with: feedTags)
    }
}

extension FilterRule {
    /// A name or a label has at most so many bytes.
    package static let nameBytes = 64

    /// Says what is wrong with the name of a rule; nil where nothing is.
    package static func refusal(ofName name: String) -> String? {
        let isAllowed = name.utf8.allSatisfy { $0.isASCIIAlphanumeric || "._-".utf8.contains($0) }
        return isAllowed && (1...nameBytes).contains(name.utf8.count)
            ? nil : "the name of a rule has 1 to \(nameBytes) letters A–Z a–z, digits, and . _ -"
    }

    /// Says what is wrong with a label; nil where nothing is.
    package static func refusal(ofLabel label: String) -> String? {
        let isAllowed = !label.unicodeScalars.contains(where: SafeText.isUnsafe)
        let isTrimmed = label.utf8.first != 0x20 && label.utf8.last != 0x20
        return isAllowed && isTrimmed && (1...nameBytes).contains(label.utf8.count)
            ? nil : "a label has 1 to \(nameBytes) bytes, no blanks around it and no control characters"
    }
}
