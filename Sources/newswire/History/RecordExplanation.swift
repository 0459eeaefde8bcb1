package import ArticleStore
internal import Digest
package import FeedModel
internal import Identity
internal import JSONText

/// `ExplanationRow` is one thing that an explanation says, under a name.
package struct ExplanationRow: Sendable, Equatable {
    /// The name is empty where the row goes on with what the one before says.
    package var name: String
    package var text: String
    /// The row is a part of the one before it.
    package var isTerm = false

    /// The row as it is printed, with texts at a column.
    func line(width: Int) -> String {
        let shown = isTerm ? "  \(name)" : name
        return "  \(shown)\(String(repeating: " ", count: max(1, width - shown.utf8.count)))\(text)"
    }
}

/// `RecordExplanation` says why a record is what it is, in words and with the evidence: from the record, those that it names,
/// and the index.
package struct RecordExplanation {
    /// The heading says which record it is.
    package private(set) var heading = ""
    /// No row has a line break in it, but where a publisher has put one there.
    package private(set) var rows: [ExplanationRow] = []

    /// The lines as they are printed.
    var lines: [String] { [heading] + rows.map { $0.line(width: 10) } }

    private let record: StoredRecord
    private let seq: UInt64
    private let article: Article
    private let feed: FeedIdentifier
    private let uid: ArticleIdentifier?

    /// - Parameter deadline: when looking for copies ends; nil for never.
    /// - Throws: what reading the store throws.
    package init(
        _ record: StoredRecord, seq: UInt64, in reader: StoreReader, until deadline: ContinuousClock.Instant? = nil
    ) throws {
        self.record = record
        self.seq = seq
        article = record.article
        feed = record.feed ?? FeedIdentifier("")
        uid = record.uid
        head()
        switch record.kind {
        case .new: try explainNew(reader)
        case .update: try explainUpdate(reader)
        case .duplicate: try explainDuplicate(reader)
        case .alias: try explainAlias(reader)
        case .fulltext: explainPage()
        case nil: break
        }
        explainRules()
        explainFlags()
        try explainSince(reader)
        try explainCopies(reader, deadline)
        if let sighting = try reader.sighting(of: record) { add("seen", sighting.sentence) }
    }

    private mutating func head() {
        let kind = record.kind?.rawValue ?? "record"
        heading = "record \(seq): \(kind), version \(record.version ?? 0) of \(uid?.description ?? "")"
        if let title = article.title { add("title", title) }
        if let url = article.url { add("link", url) }
        add("id", article.id ?? "none of its own")
        add("feed", "\(feed), \(record.feedURL ?? "")")
        var stored = TextFormat.shown(record.storedAtText ?? "")
        if let from = record.fetchedFrom, from != record.feedURL {
            stored += ", fetched from \(from)"
        }
        add("stored", stored)
    }

    private mutating func add(_ name: String, _ text: String) {
        rows.append(ExplanationRow(name: name, text: text))
    }

    private mutating func why(_ text: String) { add("why", text) }

    private mutating func explainPage() {
        why("it is the page of record \(record.pageOf ?? 0), as it was fetched; it changes nothing of the article")
        if let url = record.page?["url"]?.string { add("page", url) }
        if let quality = record.page?["quality"]?.double { add("quality", "\(quality)") }
        if record.page?["teaser"]?.bool == true { add("", "the feed itself says more than the page") }
        if record.page?["paywall"]?.bool == true { add("", "not everybody is shown all of it") }
    }

    private var events: [Judgement.Event] { record.events() }

    // MARK: - Each kind

    private mutating func explainNew(_ reader: StoreReader) throws {
        if let other = record.supersedes { return try explainSuperseding(other, reader) }
        if let other = record.reusesIDOf, let old = try reader.record(seq: other) {
            let shared =
                article.id == nil ? "it has no id, and its link, or title and day, are those" : "its id is that"
            why("\(shared) of record \(other), but it is another article by the rest, date or text among it")
            add("", "so the publisher uses the same again (guid_reused)")
            compare("link", article.url, old.url, other)
            compare("title", article.title, old.title, other)
            compare("date", record.publishedText, old.publishedText, other)
            return
        }
        why("no article of this feed was known by \(basis)")
        if events.contains(.volatileGroup) {
            add(
                "",
                "those with its id, link, title and date have had other content at each of the last polls (volatile_group):"
            )
            add("", "of what comes so, one document a day is kept from here on")
        }
        if events.contains(.replayed) {
            add(
                "",
                "its title, text and file are those of an article that was new in each of the last documents (replayed):"
            )
            add("", "of what comes so, one a day is kept from here on")
        }
        if events.contains(.idNotUnique) {
            add("", "others in the same document had the same id (id_not_unique), so more of it counts")
        } else {
            add("", "nor by a variant of that id, nor was one with its link and title gone from the document")
        }
        if record.isInitial {
            add("", "it was in the feed already when that was first polled (initial)")
        }
    }

    /// What the identity was made from: found by making it again.
    private var basis: String {
        guard let uid else { return "its identity" }
        var keys = ArticleKey(feed: feed)
        if keys.identifier(of: article) == uid {
            if article.id != nil { return "its id" }
            if article.url != nil { return "its link; it has no id of its own" }
            if article.title != nil { return "its title, day and file; it has neither id nor link" }
            return "its text; it has neither id, link nor title"
        }
        var hashes = ContentHash()
        let content = hashes.hash(of: article)
        for (precision, name) in [
            (ArticleKey.Precision.link, "its id and link"), (.title, "its id, link and title"),
            (.published, "its id, link, title and date"), (.content, "its id and all of its content"),
        ] {
            if keys.identifier(of: article, precision: precision, content: content) == uid { return name }
        }
        return "its identity"
    }

    private mutating func explainUpdate(_ reader: StoreReader) throws {
        let previous = record.previous
        why("\(try known()) as \(previous.map { "record \($0)" } ?? "an earlier record"), with other content")
        if !record.changed.isEmpty {
            add("", "changed: \(record.changed.joined(separator: ", ")); `newswire history \(seq)` shows what")
        } else if let previous, let old = try reader.record(seq: previous) {
            add(
                "",
                "record \(previous) was \(old.isShort ? "kept without its content" : "the same in all that is shown")")
        } else {
            add("", "what changed cannot be told: that record was removed by retention")
        }
        guard record.recentChanges > 1 else { return }
        add(
            "",
            "of \(VersionBudget.most) versions that are kept close upon each other \(record.recentChanges) are spent;")
        add("", "an hour gives one back where the publisher's own date of change moves, else a day")
        if events.contains(.volatile) { add("", "so the next one is kept when that has passed (volatile)") }
    }

    /// How the item's id leads to the article.
    private func known() throws -> String {
        var keys = ArticleKey(feed: feed)
        guard let uid, article.id != nil, keys.identifier(of: article) != uid else {
            return "an article of this feed was known by \(basis)"
        }
        return "an article of this feed was known by an alias of its id, or by a closer look at it"
    }

    private mutating func explainDuplicate(_ reader: StoreReader) throws {
        guard let other = record.duplicateOf else { return }
        why("another feed had it before: record \(other) has the same link and title")
        if let old = try reader.record(seq: other) {
            add("", "record \(other) is of feed \(old.feed?.text ?? "")")
            compare("link", article.url, old.url, other)
            compare("title", article.title, old.title, other)
        } else {
            add("", "record \(other) was removed by retention")
        }
        if record.isShort {
            add("", "which says all that it says, or `[store] duplicates = \"short\"`: it is kept without content")
        } else {
            add("", "but it says more or otherwise, so it is kept whole")
        }
        add("", "`newswire dump` prints it with --duplicates, and with --feed or --tag that leave out the other feed")
    }

    private mutating func explainSuperseding(_ other: UInt64, _ reader: StoreReader) throws {
        let feed = try reader.record(seq: other)?.feed.map { " of feed \($0)" } ?? ""
        why("record \(other)\(feed) has the same link and title, but this feed is nearer to the link's host:")
        add("", "so it is printed all the same, and copies that come from now on repeat this one")
    }

    private mutating func explainCopies(_ reader: StoreReader, _ deadline: ContinuousClock.Instant?) throws {
        guard record.kind?.isVersion == true else { return }
        let first = record.first ?? seq
        guard let record = first == seq ? record : try reader.record(seq: first) else { return }
        let copies = try ArticleCopies(of: record, seq: first, in: reader, until: deadline)
        for copy in copies.all { add("also", "\(copy)") }
        if copies.isCut { add("also", "there was no time to look for all; `newswire explain \(seq)` does") }
    }

    private mutating func explainAlias(_ reader: StoreReader) throws {
        guard let other = record.aliasOf else { return }
        let old = try reader.record(seq: other)
        switch record.aliasReason(Judgement.Alias.Reason.self) {
        case .variant:
            why("its id differs from that of record \(other) only in scheme, www., port or a slash at the end")
        case .linkAndTitle:
            why("it has the link and title of record \(other), whose own id was gone from the document")
        case .revision:
            why("its id differs from that of record \(other) only in what counts revisions, its link in nothing,")
            add("", "and that id was gone from the document")
        case .titleAndDate:
            why("it has the title and second of publishing of record \(other), whose own id was gone from the document")
        case .textAndDate:
            why("it has the text and second of publishing of record \(other), whose own id was gone from the document")
        case .migration:
            why("all ids of the feed changed at once (id_migration), and it has the link, or the title and date,")
            add("", "of record \(other), whose own id was gone")
        case nil: why("it means the article of record \(other)")
        }
        if let old {
            compare("id", article.id, old.id, other)
            compare("link", article.url, old.url, other)
            compare("title", article.title, old.title, other)
        }
        add("", "from here on this id means that article; this record is bookkeeping and never printed")
    }

    private mutating func compare(_ name: String, _ mine: String?, _ other: String?, _ seq: UInt64) {
        add("", "\(name): \(mine ?? "none"); in record \(seq): \(other ?? "none")")
    }

    // MARK: - What else there is to say

    private mutating func explainRules() {
        if let rule = record.blockedBy {
            add(
                "blocked",
                "the rule \(rule) blocked it when it was stored: dump and deliver leave it out without --blocked")
            if record.wasShown { add("", "an earlier version was not blocked, and stays the last that was given out") }
        }
        if record.isReleased {
            add("released", "all versions before were blocked, so that it is given out without --updates")
            if let other = record.duplicateOf {
                add("", "but where record \(other) was, the same article of another feed that no rule blocked")
            }
        }
        if !record.labels.isEmpty { add("labels", record.labels.joined(separator: ", ")) }
        for rule in record.undecided {
            add("undecided", "a /regex/ of the rule \(rule) took too long for it, so that the rule did nothing")
        }
    }

    private mutating func explainFlags() {
        if let effective = record.effectiveDateText {
            add(
                "date",
                "\(record.publishedText ?? "") lies too far in the future: it counts as \(effective)")
        }
        for field in article.assumedUTC {
            add("date", "\(field) came without a time zone: UTC was assumed")
        }
    }

    private mutating func explainSince(_ reader: StoreReader) throws {
        guard let uid, let known = try reader.known(uid), known.seq > seq else { return }
        add("since", "its newest version is \(known.version), record \(known.seq)")
        if known.recentChanges >= VersionBudget.most {
            add("", "it changes all the time, so a further version is kept an hour or a day later (volatile)")
        }
    }
}
