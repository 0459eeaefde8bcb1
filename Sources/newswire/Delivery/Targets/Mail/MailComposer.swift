internal import Digest
internal import FeedModel
internal import Text

/// Makes messages of articles.
struct MailComposer: Sendable {
    let sender: MailAddress
    let recipients: [MailAddress]

    /// Tags that are named, at most.
    private static let mostTags = 30

    /// One article, whole. Versions of an article are a thread.
    func message(of record: StoredRecord) -> MailMessage {
        let article = record.article
        let uid = record.uid?.description ?? "\(record.seq ?? 0)"
        let version = record.version ?? 1
        let id = "\(uid).\(version)@\(sender.domain)"
        var header = begin(
            shown: record.feedTitle ?? record.feed?.text ?? "newswire", subject: article.headline,
            date: Self.date(record), id: id)
        if version > 1 {
            let first = "<\(uid).1@\(sender.domain)>"
            header.field("In-Reply-To", first)
            header.field("References", first)
        }
        if let feed = record.feed?.text {
            header.field("List-Id", "<\(Self.listLabel(feed)).newswire.\(sender.domain)>")
            header.text("X-Newswire-Feed", feed)
        }
        header.field("X-Newswire-Seq", "\(record.seq ?? 0)")
        if let url = article.url.map(Self.ascii), url.utf8.count <= MailHeader.longestWord {
            header.text("X-Newswire-URL", url, limit: MailHeader.longestWord)
        }
        header.text(
            "Keywords", Array((record.feedTags + article.tags).prefix(Self.mostTags)).joined(separator: ", "),
            limit: 1000)
        var bytes: [UInt8] = []
        MailBody(record).append(to: header, &bytes)
        return MailMessage(id: id, bytes: bytes)
    }

    /// Several articles in one message, each with its beginning.
    ///
    /// - Parameter records: not empty.
    func digest(of records: [StoredRecord], for consumer: String) -> MailMessage {
        let names = records.map { "\($0.uid?.description ?? "").\($0.version ?? 1)" }.joined(separator: " ")
        let id = "digest.\(ArticleIdentifier(hashing: Array(names.utf8)))@\(sender.domain)"
        let digest = MailDigest(records)
        let newest = records.compactMap(\.storedAt).max() ?? Timestamp(milliseconds: 0)
        var header = begin(shown: "newswire", subject: digest.subject, date: newest, id: id)
        header.field("List-Id", "<\(Self.listLabel(consumer)).digest.newswire.\(sender.domain)>")
        header.field("X-Newswire-Seq", "\(records.first?.seq ?? 0)-\(records.last?.seq ?? 0)")
        var bytes: [UInt8] = []
        digest.body.append(to: header, &bytes)
        return MailMessage(id: id, bytes: bytes)
    }

    private func begin(shown: String, subject: String, date: Timestamp, id: String) -> MailHeader {
        var header = MailHeader()
        header.mailbox("From", shown, sender)
        header.field("To", recipients.map(\.description).joined(separator: ", "))
        header.text("Subject", subject)
        header.field("Date", MailDate.text(max(date, Timestamp(milliseconds: 0))))
        header.field("Message-ID", "<\(id)>")
        // Nobody's absence is to be told to a feed.
        header.field("Auto-Submitted", "auto-generated")
        return header
    }

    /// When the article was published, where that is known and not still to come, so that a mailbox sorts it there; an
    /// edit when it was seen. What the publisher dates before 1970 was stored when it was stored.
    private static func date(_ record: StoredRecord) -> Timestamp {
        let stored = record.storedAt ?? Timestamp(milliseconds: 0)
        if record.kind == .update { return stored }
        let published = record.effectiveDateText.flatMap(Timestamp.init(rfc3339:)) ?? record.article.published
        guard let published, published <= stored, published > Timestamp(milliseconds: 0) else { return stored }
        return published
    }

    /// A URL in ASCII.
    private static func ascii(_ url: String) -> String {
        var result: [UInt8] = []
        for byte in XMLText.iri(url).utf8 {
            if byte < 0x80 {
                result.append(byte)
            } else {
                PercentEncoding.append(byte, to: &result)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// A name as part of a List-Id (RFC 2919 §3): what has no place there is written by its hexadecimal digits, and what
    /// is too long by its hash.
    private static func listLabel(_ name: String) -> String {
        guard name.utf8.count <= 40 else { return ArticleIdentifier(hashing: Array(name.utf8)).description }
        var label: [UInt8] = []
        for byte in name.utf8 {
            if byte.isASCIIAlphanumeric || byte == UInt8(ascii: "-") {
                label.append(byte)
            } else {
                label.append(UInt8(ascii: "_"))
                Hex.append([byte], to: &label)
            }
        }
        return String(decoding: label, as: UTF8.self)
    }
}
