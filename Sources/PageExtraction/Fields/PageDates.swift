import FeedModel
import FeedParsing

/// `PageDates` decides when an article was published, and when it was changed last.
struct PageDates {
    private(set) var published: PageTime?
    private(set) var modified: PageTime?

    /// The first of the years that a page of the web can be of.
    private static let earliest = Timestamp(year: 1990, month: 1, day: 1)

    private let latest: Timestamp
    private let language: String?

    /// - Parameters:
    ///   - latest: no article is of a later time: when the page was fetched, and a day for clocks and zones.
    init(of metadata: PageMetadata, marks: PageMarks, latest: Timestamp) {
        self.latest = latest
        language = metadata.language
        let (metas, linked) = (metadata.head.metas, metadata.linked)
        let urls = [metadata.url, metadata.canonicalURL].compactMap { $0 }
        published =
            linked?.published.flatMap(time) ?? first(metas.all(of: PageMetas.published), time)
            ?? first(marks.dates(.published), time) ?? first(marks.dates(.time), time) ?? first(urls, day)
            ?? first(marks.dates(.visible), visible) ?? first(metas.all(of: PageMetas.perhapsPublished), time)
        modified =
            linked?.modified.flatMap(time) ?? first(metas.all(of: PageMetas.modified), time)
            ?? first(marks.dates(.modified), time)
        settle()
        if published == nil { published = first(marks.dates(.beside), time) ?? first(marks.dates(.beside), visible) }
    }

    private func first(_ texts: [String], _ read: (String) -> PageTime?) -> PageTime? {
        for text in texts {
            if let time = read(text) { return time }
        }
        return nil
    }

    /// A change before the publication was made to a draft, and nothing that a reader asks for. A page that tells of a
    /// change alone was published then or before.
    private mutating func settle() {
        if let published, let modified, modified.instant <= published.instant { self.modified = nil }
        if published == nil {
            published = modified
            modified = nil
        }
    }

    /// The time that a text is, where it is sane.
    private func time(_ text: String) -> PageTime? {
        // Java writes the name of the zone behind the offset.
        let text = text.prefix { $0 != "[" }
        guard text.utf8.count >= 8, let reading = FeedDate.parse(String(text), language: language) else { return nil }
        return sane(PageTime(instant: reading.time, offset: reading.offset ?? 0))
    }

    private func visible(_ text: String) -> PageTime? {
        DateInText.day(in: text, language: language).flatMap(sane)
    }

    private func day(_ url: String) -> PageTime? {
        guard let (year, month, day) = DateInURL.day(in: url) else { return nil }
        return sane(PageTime(instant: Timestamp(year: year, month: month, day: day)))
    }

    private func sane(_ time: PageTime) -> PageTime? {
        time.instant >= Self.earliest && time.instant <= latest ? time : nil
    }
}
