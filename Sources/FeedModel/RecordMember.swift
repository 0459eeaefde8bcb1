/// The members of a record's `_newswire` by which newswire says what the record is and where it came from (docs/store.md,
/// contract.md §3), each name written once: for who writes them and for who reads them.
///
/// What the publisher said stands in members that `Article` writes and reads. What the store adds to every line stands
/// behind these, where `RecordEnvelope` finds it without reading JSON.
package enum RecordMember {
    package static var feedURL: StaticString { "feed_url" }
    package static var feedTitle: StaticString { "feed_title" }
    package static var feedTags: StaticString { "feed_tags" }
    package static var fetchedFrom: StaticString { "fetched_from" }
    /// The fields that differ from the version before, by their names.
    package static var changed: StaticString { "changed" }
    /// The record of the version before.
    package static var previous: StaticString { "previous" }
    /// The article's first record.
    package static var first: StaticString { "first" }
    /// When the article's first record was stored.
    package static var firstSeen: StaticString { "first_seen" }
    package static var duplicateOf: StaticString { "duplicate_of" }
    package static var aliasOf: StaticString { "alias_of" }
    package static var aliasReason: StaticString { "alias_reason" }
    package static var reusesIDOf: StaticString { "reuses_id_of" }
    package static var events: StaticString { "events" }
    /// The date that counts where the publisher's lies in the future (identity.md §10).
    package static var effectiveDate: StaticString { "published_effective" }
    package static var dateFlags: StaticString { "date_flags" }
    package static var futureDate: String { "future" }
}
