internal import FeedModel

/// `PageAgreement` says how far a page is the one that the feed speaks of: the feed knows what its article is about, so that
/// the words of its title and teaser are in the page. Without them the page is another one: a notice, a home page, a login.
enum PageAgreement {
    /// Such a part of title and teaser makes a page the article's beyond doubt.
    private static let enough = 0.4
    /// The page's title may be the article's on a page that shows something else in its place; of a teaser as long as that, so
    /// much is in the text, too.
    private static let (longTeaser, enoughOfTeaser) = (8, 0.2)
    /// So much of the feed's text is looked at, and of the page's.
    private static let (feedCharacters, pageBytes) = (4096, 512 << 10)

    /// Of a title or text with so few words nothing follows where they are not in the page: feeds call articles "Live", and write
    /// "Update" below them.
    private static let littleSaid = 2

    /// Returns the quality of what was found in the page, less where the feed's words are not in it.
    static func quality(of page: PageContent, for article: StoredRecord) -> Double {
        page.quality * share(of: page, for: article)
    }

    /// Returns what part of the quality is left once the feed is asked, from 0 to 1.
    static func share(of page: PageContent, for article: StoredRecord) -> Double {
        let title = article.title ?? ""
        let teaser = String(FeedBody(article).text.prefix(feedCharacters))
        let (ofTitle, ofTeaser) = (AgreementMarks.telling(in: title), AgreementMarks.telling(in: teaser))
        var wanted = AgreementMarks.telling(in: title + "\n" + teaser)
        guard !wanted.isEmpty else { return 1 }
        let text = [page.standfirst ?? "", String(decoding: page.text.utf8.prefix(pageBytes), as: UTF8.self)]
        let missingInText = wanted.union(ofTitle).union(ofTeaser).subtracting(marks: text)
        let missing = missingInText.subtracting(marks: [page.title ?? ""])
        if saysLittle(title), ofTitle.isSubset(of: missing) { wanted = ofTeaser }
        if saysLittle(teaser), ofTeaser.isSubset(of: missing) { wanted.subtract(ofTeaser) }
        guard !wanted.isEmpty else { return agreement(of: page.title ?? "", with: text) }
        var agreement = part(of: wanted, without: missing) / enough
        if ofTeaser.count >= longTeaser {
            agreement = min(agreement, part(of: ofTeaser, without: missingInText) / enoughOfTeaser)
        }
        return min(1, agreement)
    }

    /// How far a page is about what its own title says: what speaks for it where the feed has said too little.
    private static func agreement(of title: String, with text: [String]) -> Double {
        let wanted = AgreementMarks.telling(in: title)
        return wanted.isEmpty ? 0 : min(1, part(of: wanted, without: wanted.subtracting(marks: text)) / enough)
    }

    private static func saysLittle(_ text: String) -> Bool {
        var count = 0
        AgreementMarks.each(in: text) { _ in
            count += 1
            return count <= littleSaid
        }
        return count <= littleSaid
    }

    private static func part(of wanted: Set<String>, without missing: Set<String>) -> Double {
        1 - Double(missing.intersection(wanted).count) / Double(wanted.count)
    }
}

extension Set<String> {
    /// Those that none of the texts has.
    fileprivate func subtracting(marks texts: [String]) -> Set<String> {
        var missing = self
        for text in texts {
            AgreementMarks.each(in: text) { mark in
                missing.remove(mark)
                return !missing.isEmpty
            }
        }
        return missing
    }
}
