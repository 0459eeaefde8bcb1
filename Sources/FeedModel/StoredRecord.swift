package import Digest
package import JSONText

/// `StoredRecord` is a line of the store with its members by name and type: the one way in which records are read as
/// JSON.
///
/// What is missing or malformed is nil, empty or false: newswire reads what older and damaged programs wrote. Making
/// one parses the line; what the store wrote around a record is told by `RecordEnvelope` without that.
package struct StoredRecord: Sendable, Equatable {
    /// The whole line is a JSON Feed item with `_newswire`.
    package let json: JSONValue
    private let own: JSONValue

    /// Takes a line that has been parsed.
    package init(_ json: JSONValue) {
        self.json = json
        own = json[Self.ownMember] ?? .null
    }

    /// Parses a line; nil where it is no JSON. The line feed at its end may be there.
    package init?(line: some Collection<UInt8>) {
        guard let json = try? JSONParser.parse(Array(line)).value else { return nil }
        self.init(json)
    }

    /// This member holds what JSON Feed has no place for.
    package static var ownMember: StaticString { "_newswire" }

    // MARK: - The article

    /// The article as far as the record has it; of a duplicate or an alias that is little.
    package var article: Article { Article(record: json) }

    /// The record is a duplicate without content: what the article says stands in the record that it names.
    package var isShort: Bool { kind == .duplicate && contentHTML == nil && contentText == nil && summary == nil }

    /// The publisher's id, or the uid where there was none.
    package var id: String? { json["id"]?.string }
    /// The article's link.
    package var url: String? { json["url"]?.string }
    /// The article's title.
    package var title: String? { json["title"]?.string }
    /// The article's summary, which may be HTML.
    package var summary: String? { json["summary"]?.string }
    /// The article's text as HTML.
    package var contentHTML: String? { json["content_html"]?.string }
    /// The article's text as plain text.
    package var contentText: String? { json["content_text"]?.string }
    /// The names of the authors that have one.
    package var authorNames: [String] { json["authors"]?.array?.compactMap { $0["name"]?.string } ?? [] }
    /// The publisher's date, as it is written in the record.
    package var publishedText: String? { json["date_published"]?.string }
    /// The date of the last change as the record has it, in RFC 3339.
    package var modifiedText: String? { json["date_modified"]?.string }
    /// The fields whose dates came without a time zone.

    // MARK: - What the store wrote

    /// The record's number.
    package var seq: UInt64? { number("seq") }
    /// The record is of this kind; nil for a kind that this newswire does not know.
    package var kind: RecordKind? { own["kind"]?.string.flatMap(RecordKind.init(rawValue:)) }
    /// The feed's id.
    package var feed: FeedIdentifier? { own["feed"]?.string.map { FeedIdentifier($0) } }
    /// The article's identity.
    package var uid: ArticleIdentifier? { own["uid"]?.string.flatMap { ArticleIdentifier($0) } }
    /// The version of the article, from 1.
    package var version: UInt64? { number("version") }
    /// The article was in its feed already when that was first polled.
    package var isInitial: Bool { own["initial"]?.bool ?? false }
    /// The record was stored then, as it is written: RFC 3339, UTC, whole seconds.
    package var storedAtText: String? { own["stored_at"]?.string }
    /// The record was stored then.
    package var storedAt: Timestamp? { storedAtText.flatMap(Timestamp.init(rfc3339:)) }
    /// The clock was in doubt when the record was stored.
    package var isClockDoubtful: Bool { own["clock_doubtful"]?.bool ?? false }
    /// Counts the edits in a row that did not move the publisher's date of change (identity.md §8).
    package var recentChanges: UInt64 { number("silent", of: own["index"]) ?? 0 }

    // MARK: - Where it came from, and why it is what it is

    /// The feed's URL as it was configured then.
    package var feedURL: String? { own[RecordMember.feedURL]?.string }
    /// The feed's title as its publisher gave it.
    package var feedTitle: String? { own[RecordMember.feedTitle]?.string }
    /// The feed's tags as they were configured when the record was stored.
    package var feedTags: [String] { texts(RecordMember.feedTags) }
    /// The URL that the document came from in the end.
    package var fetchedFrom: String? { own[RecordMember.fetchedFrom]?.string }
    /// The language of the document, of an article that does not say its own.
    package var feedLanguage: String? { own[RecordMember.feedLanguage]?.string }
    /// The fields that differ from the version before.
    package var changed: [String] { texts(RecordMember.changed) }
    /// The record of the version before.
    package var previous: UInt64? { number(RecordMember.previous) }
    /// The article's first record; nil in that one.
    package var first: UInt64? { number(RecordMember.first) }
    /// When the article's first record was stored; nil in that one.
    package var firstSeen: Timestamp? { own[RecordMember.firstSeen]?.string.flatMap(Timestamp.init(rfc3339:)) }
    /// The first record of the article that another feed had before.
    package var duplicateOf: UInt64? { number(RecordMember.duplicateOf) }
    /// The first record of the article that a feed farther from the link's host had before.
    package var supersedes: UInt64? { number(RecordMember.supersedes) }
    /// A record of the article that the id means.
    package var aliasOf: UInt64? { number(RecordMember.aliasOf) }
    /// A record of the article whose id is used anew.
    package var reusesIDOf: UInt64? { number(RecordMember.reusesIDOf) }
    /// The date that counts instead of one in the future, as it is written.
    package var effectiveDateText: String? { own[RecordMember.effectiveDate]?.string }

    // MARK: - The page of an article (docs/fulltext-feeds.md)

    /// What a record of the kind `fulltext` says of the page, beside its text; nil in any other.
    package var page: JSONValue? { own[RecordMember.page] }
    /// The text of the article's page, as HTML, where it was put beside the article's own; in no record of a store.
    package var pageHTML: String? { page?["content_html"]?.string }
    /// The same as plain text.
    package var pageText: String? { page?["content_text"]?.string }
    /// The record of the article whose page it is.
    package var pageOf: UInt64? { page?["article"]?.integer.flatMap(UInt64.init(exactly:)) }
    /// The hash of the content, for telling an edit from a repetition.
    package var contentHash: Hash128? { own["hash"]?.string.flatMap { Hash128(hex: $0) } }

    // MARK: - What the rules said of it (filters.md §2)

    /// The rule of this name has blocked it; nil where none has.
    package var blockedBy: String? { own[RecordMember.blocked]?.string }
    /// A blocked version of an article of which an earlier version was not blocked.
    package var wasShown: Bool { own[RecordMember.shown]?.bool ?? false }
    /// The first version of its article that no rule blocked, after versions that were blocked.
    package var isReleased: Bool { own[RecordMember.released]?.bool ?? false }
    /// The labels that rules have given it.
    package var labels: [String] { texts(RecordMember.labels) }
    /// The rules of which it could not be told whether they match it.
    package var undecided: [String] { texts(RecordMember.undecided) }

    /// Returns why the article has another id, in one of the words of `Reason`; nil for a word that it does not know.
    package func aliasReason<Reason: RawRepresentable<String>>(_ type: Reason.Type = Reason.self) -> Reason? {
        own[RecordMember.aliasReason]?.string.flatMap(Reason.init(rawValue:))
    }

    /// Returns what happened to the article's identity, in the words of `Event`, without those that it does not know.
    package func events<Event: RawRepresentable<String>>(_ type: Event.Type = Event.self) -> [Event] {
        texts(RecordMember.events).compactMap(Event.init(rawValue:))
    }

    private func number(_ name: StaticString, of value: JSONValue? = nil) -> UInt64? {
        (value ?? own)[name]?.integer.flatMap(UInt64.init(exactly:))
    }

    private func texts(_ name: StaticString) -> [String] { own[name]?.array?.compactMap(\.string) ?? [] }
}

extension StoredRecord {
    /// The members of `_newswire` that hold for the line as the store has it, and not for what is made of it.
    private static let proofs = ["prev", "chain", "xxh3"]
    static let ownKey = "\(ownMember)"

    /// Returns the record with other members, and without the chain and the checksum, which are of its line.
    ///
    /// - Parameters:
    ///   - item: what stands in the place of a member of the item.
    ///   - added: what stands in front of the members of `_newswire`.
    package func changing(item: (JSONValue.Member) -> JSONValue.Member, adding added: [JSONValue.Member] = [])
        -> StoredRecord
    {
        changing(item: item) { added + $0 }
    }

    /// Returns the record with other members, and without the chain and the checksum, which are of its line.
    ///
    /// - Parameters:
    ///   - item: what stands in the place of a member of the item.
    ///   - own: what stands in the place of the members of `_newswire`, which it is given in their order.
    package func changing(
        item: (JSONValue.Member) -> JSONValue.Member = { $0 }, own change: ([JSONValue.Member]) -> [JSONValue.Member]
    ) -> StoredRecord {
        let members = (json.object ?? []).map { member in
            guard member.key == Self.ownKey, let own = member.value.object else { return item(member) }
            return JSONValue.Member(
                key: Self.ownKey, value: .object(change(own.filter { !Self.proofs.contains($0.key) })))
        }
        return StoredRecord(.object(members))
    }
}

/// `RecordMember` names the members of a record's `_newswire` by which newswire says what the record is and where it
/// came from (docs/store.md, contract.md §3), each name written once: for who writes them and for who reads them.
///
/// What the publisher said stands in members that `Article` writes and reads. What the store adds to every line stands
/// behind these, where `RecordEnvelope` finds it without reading JSON.
package enum RecordMember {
    /// The feed's URL as configured, without secrets.
    package static var feedURL: StaticString { "feed_url" }
    /// The feed's title as its publisher gives it.
    package static var feedTitle: StaticString { "feed_title" }
    /// The feed's tags as configured.
    package static var feedTags: StaticString { "feed_tags" }
    /// The URL that the document came from in the end, without secrets.
    package static var fetchedFrom: StaticString { "fetched_from" }
    /// The language of the document, where the article has none of its own.
    package static var feedLanguage: StaticString { "feed_language" }
    /// The fields that differ from the version before, by their names.
    package static var changed: StaticString { "changed" }
    /// The record of the version before.
    package static var previous: StaticString { "previous" }
    /// The article's first record.
    package static var first: StaticString { "first" }
    /// When the article's first record was stored.
    package static var firstSeen: StaticString { "first_seen" }
    /// The first record of the article that another feed had before.
    package static var duplicateOf: StaticString { "duplicate_of" }
    /// The first record of the article that a feed farther from the link's host had before.
    package static var supersedes: StaticString { "supersedes" }
    /// A record of the article that the id means.
    package static var aliasOf: StaticString { "alias_of" }
    /// Why the id means it (identity.md §3), in the words of `Judgement.Alias.Reason`.
    package static var aliasReason: StaticString { "alias_reason" }
    /// A record of the article whose id is used anew.
    package static var reusesIDOf: StaticString { "reuses_id_of" }
    /// What happened to the identity, in the words of `Judgement.Event`.
    package static var events: StaticString { "events" }
    /// The date that counts where the publisher's lies in the future (identity.md §10).
    package static var effectiveDate: StaticString { "published_effective" }
    /// These words say what is wrong with the date.
    package static var dateFlags: StaticString { "date_flags" }
    /// The page of an article, and how it was had.
    package static var page: StaticString { "page" }
    /// The labels that rules have given.
    package static var labels: StaticString { "labels" }
    /// The names of rules of which it could not be told whether they match.
    package static var undecided: StaticString { "undecided" }
    /// The name of the rule that has blocked the record; the store writes it (`RecordStanding`).
    package static var blocked: StaticString { "blocked" }
    /// An earlier version of the blocked record was not blocked; the store writes it.
    package static var shown: StaticString { "shown" }
    /// No version before was let through; the store writes it.
    package static var released: StaticString { "released" }
    /// What rules say of it was asked when it was printed; in no record of a store.
    package static var refiltered: StaticString { "refiltered" }
    /// The word in `dateFlags` for a date that lies in the future.
    package static var futureDate: String { "future" }
}
