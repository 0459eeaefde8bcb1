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

    /// Returns the quality of what was found in the page, less where the feed's words are not in it.
    static func quality(of page: PageContent, for article: StoredRecord) -> Double {
        let title = article.title ?? ""
        let teaser = FeedBody(article).text.prefix(feedCharacters)
        let wanted = AgreementMarks.telling(in: title + "\n" + teaser)
        let wantedOfTeaser = AgreementMarks.telling(in: String(teaser))
        guard !wanted.isEmpty else { return page.quality }
        let text = [page.standfirst ?? "", String(decoding: page.text.utf8.prefix(pageBytes), as: UTF8.self)]
        let missingInText = wanted.union(wantedOfTeaser).subtracting(marks: text)
        let missing = missingInText.subtracting(marks: [page.title ?? ""]).intersection(wanted)
        var agreement = share(of: wanted, without: missing) / enough
        if wantedOfTeaser.count >= longTeaser {
            agreement = min(agreement, share(of: wantedOfTeaser, without: missingInText) / enoughOfTeaser)
        }
        return page.quality * min(1, agreement)
    }

    private static func share(of wanted: Set<String>, without missing: Set<String>) -> Double {
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
