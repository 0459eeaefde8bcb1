/// The members of a record's `_newswire` by which newswire says what the record is and where it came from (docs/store.md,
/// contract.md §3), each name written once: for who writes them and for who reads them.
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
    /// What is the matter with the date.
    package static var dateFlags: StaticString { "date_flags" }
    /// The word in `dateFlags` for a date that lies in the future.
    package static var futureDate: String { "future" }
}
