internal import Archiving
internal import FeedModel
internal import Ingestion
internal import JSONText

/// A line about a kept page of which the rules of today make something else than what is stored.
struct PageDifferenceLine {
    let place: ArchivePlace
    /// The record that has been stored of it.
    var stored: UInt64?
    private let feed: FeedIdentifier
    private let uid: ArticleIdentifier
    private let article: UInt64
    private let url: String
    private let verdict: PageReview.Verdict

    /// - Returns: nil where nothing differs.
    init?(_ page: KeptPage, _ outcome: PageReview.Outcome) {
        switch outcome.verdict {
        case .same, .superseded, .gone, .joined: return nil
        case .differs, .found, .lost: verdict = outcome.verdict
        }
        place = page.place
        feed = outcome.feed
        uid = page.uid
        article = page.article
        url = page.url
    }

    /// Characters of a value that people are shown.
    private static let longest = 200

    /// Feed, uid, number of the article's record, and what has changed, apart by tabs.
    var text: String {
        let cells = [feed.text, "\(uid)", "\(article)", changes.joined(separator: "; ")]
        return cells.map(SafeText.line).joined(separator: "\t")
    }

    private var changes: [String] {
        var changes: [String] = []
        switch verdict {
        case .same, .superseded, .gone, .joined: break
        case .found(let quality): changes.append("found, quality \(quality.rounded2)")
        case .lost(let failure): changes.append("lost: \(failure.sentence)")
        case .differs(let differing):
            if let words = differing.words { changes.append("text +\(words.added) -\(words.removed) words") }
            if differing.isMarkupChanged { changes.append("html") }
            changes += (differing.values + [differing.quality].compactMap { $0 }).map { change in
                "\(change.field) \(Self.shown(change.old)) → \(Self.shown(change.new))"
            }
        }
        if let stored { changes.append("stored as \(stored)") }
        return changes
    }

    private static func shown(_ value: JSONValue?) -> String {
        let text: String
        switch value {
        case nil: return "none"
        case .string(let string): text = string
        case .array(let values): text = values.compactMap(\.string).joined(separator: ", ")
        case .number(let number): return number
        case .bool(let bool): return "\(bool)"
        default: return "?"
        }
        return text.count > longest ? text.prefix(longest) + "…" : text
    }

    /// One object: `archive feed uid seq url change`, `fields` each with what is stored and what was found, `words`, `stored`.
    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("archive", place.description)
        json.member("feed", feed.text)
        json.member("uid", "\(uid)")
        json.member("seq", article)
        json.member("url", url)
        switch verdict {
        case .same, .superseded, .gone, .joined: break
        case .found(let quality):
            json.member("change", "found")
            json.member("quality", quality.rounded2)
        case .lost(let failure):
            json.member("change", "lost")
            json.member("reason", failure.rawValue)
        case .differs(let changes):
            json.member("change", "differs")
            if let words = changes.words {
                json.key("words")
                json.beginObject()
                json.member("added", words.added)
                json.member("removed", words.removed)
                json.endObject()
            }
            json.flag("html", changes.isMarkupChanged)
            json.key("fields")
            json.beginObject()
            for change in changes.values + [changes.quality].compactMap({ $0 }) { Self.write(change, to: &json) }
            json.endObject()
        }
        json.member("stored", stored)
        json.endObject()
        return String(decoding: json.finish(), as: UTF8.self)
    }

    private static func write(_ change: PageChanges.Change, to json: inout JSONWriter) {
        json.key(change.field)
        json.beginObject()
        if let old = change.old {
            json.key("stored")
            old.write(to: &json)
        }
        if let new = change.new {
            json.key("found")
            new.write(to: &json)
        }
        json.endObject()
    }
}

extension Double {
    fileprivate var rounded2: Double { (self * 100).rounded() / 100 }
}
