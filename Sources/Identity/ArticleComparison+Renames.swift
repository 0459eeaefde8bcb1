internal import FeedModel

/// `RenameFacts` is what a document says of one of its items beside what stands in it (identity.md §3.4).
struct RenameFacts {
    /// No other item was published in the item's second, which is not midnight.
    var hasOwnSecond = false
    /// And the document's dates are times, not days that begin somewhere.
    var hasOwnTime = false
    /// Of all articles that are stored, the one that it is compared with alone has the item's link.
    var hasOwnLink = false
    /// Another item of the document has another link, so that links lead to articles and not to one page for all.
    var hasOtherLinkBeside = false
    /// The parameters that have one value in all links of the document.
    var commonParameters: Set<String> = []
}

/// `RenameEvidence` is why an item is a known article under another id.
struct RenameEvidence: Equatable {
    let reason: Judgement.Alias.Reason
    /// It holds only where no other item of the document has the text.
    var restsOnText = false
}

/// An article under another id, one at a time (identity.md §3.4).
extension ArticleComparison {
    /// A text of so many characters, the same or nearly, tells an article together with the second of publishing.
    static let tellingText = 200
    /// So many do where both are the very same and no other item has that text.
    static let shortestTellingText = 100

    /// Why an item is a stored article that has gone from the document; nil where it is not.
    ///
    /// Two dates that differ make two articles, whatever else they have in common, and so do two files.
    func rename(_ old: StoredArticle, _ new: Article, _ facts: RenameFacts) -> RenameEvidence? {
        let date = SameDate(old.article, new, facts)
        if date == .no || hasOtherFile(old, new) { return nil }
        let isSameTitle = hasSame(old.article.title, new.title, isSameTitle(old.article, new))
        let isSamePlace =
            link(new.url) != nil && isSameLink(old.article, new) && old.article.fragment == new.fragment
        let revision = isSamePlace ? URLRevision(from: old.article.id, to: new.id) : .none
        // Both texts are read only where something else is the same.
        let hasOwnPlace = isSamePlace && facts.hasOwnLink && date >= .day
        guard date >= .ownHour || revision != .none || hasOwnPlace else { return nil }
        let (left, right) = (TextWords(of: old.article), TextWords(of: new))
        let texts: TextLikeness = old.isShort ? .unknown : TextLikeness(left, right)
        // Beside a quarter of an hour, which may be a day in a document of times as well, something has to be read.
        let isTelling = date == .ownSecond && (new.published?.seconds ?? 0) % 900 != 0
        if isRevision(revision, date, isTelling, isSameTitle, texts, facts) { return RenameEvidence(reason: .revision) }
        if date >= .ownHour, isSameTitle, texts.isOneText || isTelling && texts != .other {
            return RenameEvidence(reason: .titleAndDate)
        }
        guard texts.isOneText else { return nil }
        let length = min(left.length, right.length)
        if isSamePlace, isSameAtPlace(date, length, facts) { return RenameEvidence(reason: .textAndDate) }
        guard date == .ownSecond else { return nil }
        // A short text may be what a publisher writes below everything: the title has to be a corrected one.
        let isShort = length < Self.tellingText
        if isShort {
            guard texts == .same, length >= Self.shortestTellingText, isCorrected(old.article.title, new.title)
            else {
                return nil
            }
        }
        return RenameEvidence(reason: .textAndDate, restsOnText: true)
    }

    /// Whether a title may be another one corrected: half of the words of the shorter one are the same, or half of its
    /// letters from the beginning and the end on.
    private func isCorrected(_ old: String?, _ new: String?) -> Bool {
        let (old, new) = ((old ?? "").lowercased(), (new ?? "").lowercased())
        let words = [old, new].map { Set($0.split { !$0.isLetter && !$0.isNumber }) }
        let fewer = min(words[0].count, words[1].count)
        if fewer > 0, words[0].intersection(words[1]).count * 2 >= fewer { return true }
        let (left, right) = (Array(old), Array(new))
        let shorter = min(left.count, right.count)
        let head = zip(left, right).prefix { $0 == $1 }.count
        let tail = zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.count
        return shorter > 0 && min(head + tail, shorter) * 2 >= shorter
    }

    /// Whether one link, one text of that length and one date make one article, though title and id are others.
    private func isSameAtPlace(_ date: SameDate, _ length: Int, _ facts: RenameFacts) -> Bool {
        if date == .ownSecond { return true }
        if !facts.hasOwnLink || date < .day { return false }
        if date == .ownHour { return true }
        return facts.hasOtherLinkBeside && (date == .hour || length >= Self.shortestTellingText)
    }

    /// Whether an item may be a stored article that has gone, where all ids of the document have changed (identity.md §5).
    ///
    /// - Parameters:
    ///   - hasLink: the item has the article's link.
    ///   - facts: as for a single one.
    func isPair(_ old: StoredArticle, _ new: Article, hasLink: Bool, _ facts: RenameFacts) -> Bool {
        let date = SameDate(old.article, new, facts)
        // Bulletins and episodes have link, title and most of the text each time: two dates are two stories.
        if date == .no { return false }
        let isSameTitle = hasSame(old.article.title, new.title, isSameTitle(old.article, new))
        if !hasLink, date < .day { return isSameTitle && date == .unknown && isPairWithoutDate(old, new, facts) }
        if hasLink, date >= .ownHour { return true }
        let (left, right) = (TextWords(of: old.article), TextWords(of: new))
        let texts: TextLikeness = old.isShort ? .unknown : TextLikeness(left, right)
        let isLongText = texts.isOneText && min(left.length, right.length) >= Self.tellingText
        let lacksDates = old.article.published == nil && new.published == nil
        let isSameText =
            switch texts {
            case .same, .alike: true
            case .neither: date > .day || hasLink && (date == .day || lacksDates)
            case .partly, .unknown: date == .ownSecond
            case .other: false
            }
        if isSameTitle, isSameText { return true }
        return hasLink && facts.hasOwnLink ? texts.isOneText : isLongText && date == .ownSecond
    }

    /// Whether an item with the title of a stored article is that article, where neither has a date.
    private func isPairWithoutDate(_ old: StoredArticle, _ new: Article, _ facts: RenameFacts) -> Bool {
        if old.article.published != nil || new.published != nil || old.isShort { return false }
        let (left, right) = (TextWords(of: old.article), TextWords(of: new))
        let texts = TextLikeness(left, right)
        if let oldLink = old.article.url, let newLink = new.url {
            let difference = VolatileParameters.difference(oldLink, newLink)
            if oldLink == newLink || difference?.counts.isEmpty ?? false { return texts.isOneText || texts == .neither }
            if let difference, difference.counts.isSubset(of: facts.commonParameters) {
                return texts == .same && min(left.length, right.length) > 0
            }
        }
        return texts == .same && min(left.length, right.length) >= Self.shortestTellingText
    }

    /// Whether an id that only counts the revisions of another's page is that article's. What an id counts may as well be
    /// the notices on one page: something else has to be the same.
    private func isRevision(
        _ revision: URLRevision, _ date: SameDate, _ isTelling: Bool, _ isSameTitle: Bool, _ texts: TextLikeness,
        _ facts: RenameFacts
    ) -> Bool {
        if revision == .none { return false }
        if isTelling { return true }
        guard facts.hasOwnLink else { return false }
        if isSameTitle, texts.isOneText || revision == .revision && texts != .other && texts != .neither { return true }
        return revision == .revision && texts.isOneText && date >= .hour && facts.hasOtherLinkBeside
    }

    /// `SameDate` is what the dates of publishing say, the weakest first.
    private enum SameDate: Comparable {
        case no
        /// One side has none.
        case unknown
        /// A day, or what may be one.
        case day
        /// A time that other items of the document have too.
        case hour
        /// A time that no other item has, but that may be midnight somewhere.
        case ownHour
        /// A time of the item's own, in a document whose dates are times.
        case ownSecond

        init(_ old: Article, _ new: Article, _ facts: RenameFacts) {
            guard let oldDate = old.published, let newDate = new.published else {
                // Without dates of publishing those of change tell two articles.
                let changes = (old.published ?? old.modified, new.published ?? new.modified)
                if let left = changes.0, let right = changes.1, left.seconds != right.seconds {
                    self = .no
                } else {
                    self = .unknown
                }
                return
            }
            let second = newDate.seconds
            if oldDate.seconds != second {
                self = .no
            } else if second % 86_400 == 0 {
                self = .day
            } else if !facts.hasOwnSecond {
                self = .hour
            } else {
                self = facts.hasOwnTime ? .ownSecond : .ownHour
            }
        }
    }
}

/// `URLRevision` says whether two ids are URLs of one page that differ in what counts its revisions (identity.md §3.4).
enum URLRevision {
    /// They differ otherwise.
    case none
    /// In a number that has grown, which may count anything.
    case count
    /// In the fragment, or in a number that is called a revision.
    case revision

    private static let names: Set<String> = ["v", "ver", "version", "r", "rev", "revision"]

    init(from old: String?, to new: String?) {
        self = .none
        guard let old = old.flatMap(URLVariant.form), let new = new.flatMap(URLVariant.form), old != new else { return }
        let (oldPage, oldFragment) = Self.parts(old, at: "#")
        let (newPage, newFragment) = Self.parts(new, at: "#")
        if oldPage == newPage {
            // A fragment that begins with ! names another page.
            if oldFragment?.first != "!", newFragment?.first != "!" { self = .revision }
            return
        }
        guard oldFragment == newFragment else { return }
        let (oldPath, oldQuery) = Self.parts(oldPage, at: "?")
        let (newPath, newQuery) = Self.parts(newPage, at: "?")
        if oldPath == newPath { self = Self.revision(oldQuery ?? "", newQuery ?? "") }
    }

    private static func parts(_ text: Substring, at mark: Character) -> (Substring, Substring?) {
        guard let place = text.firstIndex(of: mark) else { return (text, nil) }
        return (text[..<place], text[text.index(after: place)...])
    }

    private static func parts(_ text: String, at mark: Character) -> (Substring, Substring?) {
        parts(text[...], at: mark)
    }

    /// Queries that are the same but for one number.
    private static func revision(_ old: Substring, _ new: Substring) -> URLRevision {
        var oldParts = old.split(separator: "&")
        let newParts = new.split(separator: "&")
        // The first revision may have no number.
        let isAdded = newParts.count == oldParts.count + 1
        if isAdded {
            guard let place = newParts.indices.first(where: { $0 == oldParts.count || newParts[$0] != oldParts[$0] })
            else { return .none }
            oldParts.insert(parts(newParts[place], at: "=").0 + "=0", at: place)
        }
        guard newParts.count == oldParts.count else { return .none }
        let differing = newParts.indices.filter { newParts[$0] != oldParts[$0] }
        guard differing.count == 1, let place = differing.first else { return .none }
        let (oldName, oldValue) = parts(oldParts[place], at: "=")
        let (newName, newValue) = parts(newParts[place], at: "=")
        guard oldName == newName, let oldNumber = number(oldValue), let newNumber = number(newValue) else {
            return .none
        }
        if names.contains(newName.lowercased()) { return .revision }
        return isAdded || newNumber <= oldNumber ? .none : .count
    }

    private static func number(_ value: Substring?) -> UInt64? {
        guard let value, value.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return UInt64(value)
    }
}
