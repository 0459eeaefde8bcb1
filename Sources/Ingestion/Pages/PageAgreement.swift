internal import FeedModel

/// `PageAgreement` says how far a page is the one that the feed speaks of: the feed knows what its article is about, so that
/// the words of its title and teaser are in the page. Without them the page is another one: a notice, a home page, a login.
enum PageAgreement {
    /// So many words of the feed are looked for, its first.
    private static let mostWords = 60
    /// With fewer words nothing is said.
    private static let fewestWords = 4
    /// Letters; shorter words are everywhere.
    private static let shortest = 4
    /// So many of the words make a page the article's beyond doubt.
    private static let enough = 0.4

    /// Returns the quality of what was found in the page, less where the feed's words are not in it.
    static func quality(of page: PageContent, for article: StoredRecord) -> Double {
        let feed = (article.title ?? "") + " " + FeedBody(article).text.prefix(4096)
        let wanted = Set(words(feed).prefix(mostWords))
        guard wanted.count >= fewestWords else { return page.quality }
        var missing = wanted
        for text in [page.title ?? "", page.standfirst ?? "", page.text] {
            for word in words(text) { missing.remove(word) }
        }
        let share = 1 - Double(missing.count) / Double(wanted.count)
        return share >= enough ? page.quality : page.quality * share / enough
    }

    /// The words of a text that are long enough, in lower case. Of scripts that put no spaces between words there are none.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        func end() {
            if word.unicodeScalars.count >= shortest { words.append(word.lowercased()) }
            word = ""
        }
        for scalar in text.unicodeScalars {
            if scalar.properties.isAlphabetic, scalar.value < 0x0590 {
                word.unicodeScalars.append(scalar)
            } else if !word.isEmpty {
                end()
            }
        }
        end()
        return words
    }
}
