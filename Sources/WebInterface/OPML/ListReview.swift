internal import Configuration
package import FeedModel
internal import JSONText

/// `ListReview` says of each feed of a list that somebody has uploaded, OPML or one URL a line, whether the configuration has
/// it (web.md §12). It is read as `newswire import` reads it: no text of it is a path, and it carries no secret.
package struct ListReview: Sendable {
    /// `Verdict` is what is to be said of a feed of the list.
    package enum Verdict: Sendable, Equatable {
        case new
        /// The configuration has that very URL, in the feed of this id.
        case known(FeedIdentifier)
        /// The configuration has the same URL but for http and https, `www.`, a slash at the end, or the usual port.
        case variant(of: FeedIdentifier, url: String)
        /// The configuration would not take it.
        case refused(String)

        /// One word for programs.
        package var word: String {
            switch self {
            case .new: "new"
            case .known: "known"
            case .variant: "variant"
            case .refused: "refused"
            }
        }
    }

    /// `Entry` is one feed of the list.
    package struct Entry: Sendable {
        /// As it was written in the list.
        package var url: String
        package var title: String?
        package var tags: [String]
        package var verdict: Verdict
    }

    /// `Remark` is what was left out of the list, could not be read for sure, or was mended.
    package struct Remark: Sendable, Equatable {
        /// Counted from 1.
        package var line: Int
        package var message: String
        /// Whether something of the list is missing here, or may be.
        package var isLoss: Bool
    }

    package var entries: [Entry] = []
    package var remarks: [Remark] = []

    /// The new ones as the configuration has them.
    var tables: [FeedTable] = []

    /// The new ones as TOML to copy.
    package var toml: String { tables.map(\.text).joined(separator: "\n") }

    /// Bytes that a list may have.
    package static let limit = 8 << 20

    /// Reads a list.
    ///
    /// - Throws: 400 where it is none, or holds no feeds.
    package init(_ bytes: [UInt8], _ feeds: FeedSnapshot) throws(WebFailure) {
        let list: FeedListImport
        do throws(OPMLDocument.ReadError) {
            list = try FeedListImport.read(bytes)
        } catch {
            throw WebFailure(
                400, "reading the list: line \(error.line): it \(error.message)",
                hint: "OPML and newsboat's urls file can be read.")
        }
        if list.tables.isEmpty, list.losses == 0 {
            throw WebFailure(
                400, "the list holds no feeds",
                hint: "OPML has them as <outline xmlUrl=\"…\">, newsboat's urls file as one URL a line.")
        }
        let comparison = list.compared(with: feeds.configuration)
        var verdicts: [String: Verdict] = [:]
        for (table, feed, isVariant) in comparison.known {
            verdicts[table.url] =
                isVariant ? .variant(of: feed.id, url: URLRedaction.redacted(feed.url)) : .known(feed.id)
        }
        for table in list.tables {
            var verdict = verdicts[table.url] ?? .new
            if verdict == .new, let refusal = table.refusals.first { verdict = .refused(refusal) }
            if verdict == .new { tables.append(table) }
            entries.append(Entry(url: table.url, title: table.title, tags: table.tags, verdict: verdict))
        }
        remarks = list.warnings.map { Remark(line: $0.line, message: $0.message, isLoss: $0.kind != .mended) }
    }

    /// Writes `entries` and `remarks` into an object that was begun.
    func write(to json: inout JSONWriter) {
        json.key("entries")
        json.beginArray()
        for entry in entries {
            json.beginObject()
            json.member("url", URLRedaction.redacted(entry.url))
            json.member("title", entry.title)
            json.member("tags", entry.tags)
            json.member("verdict", entry.verdict.word)
            switch entry.verdict {
            case .new: break
            case .known(let id): json.member("feed", id.text)
            case .variant(let id, let url):
                json.member("feed", id.text)
                json.member("feed_url", url)
            case .refused(let reason): json.member("reason", reason)
            }
            json.endObject()
        }
        json.endArray()
        json.key("remarks")
        json.beginArray()
        for remark in remarks {
            json.beginObject()
            json.member("line", remark.line)
            json.member("message", remark.message)
            json.key("loss")
            json.bool(remark.isLoss)
            json.endObject()
        }
        json.endArray()
    }
}
