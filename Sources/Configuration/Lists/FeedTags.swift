/// The tags of a feed as lists give them: each once, and no more than a feed may have.
///
/// A tag is added in a time that grows with its length alone, however many there are: an OPML file may have a folder of a
/// few bytes within a hundred others again and again.
struct FeedTags {
    /// More are left out.
    static let most = 100
    private static let longest = 128

    /// In the order in which they came.
    private(set) var list: [String] = []
    private var known: Set<ExactText> = []

    init(_ tags: [String] = []) {
        for tag in tags {
            if isFull { break }
            add(tag)
        }
    }

    var isFull: Bool { list.count >= Self.most }

    /// Adds it made fit to be one.
    ///
    /// - Returns: false where nothing of it is left, it is there already, or there is no room.
    @discardableResult
    mutating func add(_ tag: String) -> Bool {
        guard !isFull else { return false }
        let tag = ListText.cleaned(tag, limit: Self.longest)
        guard !tag.isEmpty, known.insert(ExactText(tag)).inserted else { return false }
        list.append(tag)
        return true
    }

    mutating func removeLast() {
        if let last = list.popLast() { known.remove(ExactText(last)) }
    }

    /// The tags of one place where a feed stands, then those of another; both fit to be tags.
    static func joined(_ tags: [String], _ more: [String]) -> [String] {
        if more.isEmpty || tags.count >= most { return tags }
        var result = tags
        var known = Set(tags.lazy.map(ExactText.init))
        for tag in more where result.count < most && known.insert(ExactText(tag)).inserted { result.append(tag) }
        return result
    }
}
