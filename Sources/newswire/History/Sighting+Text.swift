internal import ArticleStore
internal import FeedModel
internal import JSONText

/// Whether an article is still in its feed, in words and as JSON.
extension Sighting {
    var sentence: String {
        if isInDocument { return "still in its feed, as of \(Self.shown(documentTime))" }
        let gone = "gone from its feed, as of \(Self.shown(documentTime)); "
        guard let lastSeen else { return gone + "when it was last seen there is not known" }
        return gone + "last seen there \(Self.shown(lastSeen))"
    }

    /// `in_feed` and `last_seen`, which is left out where it is not known.
    func write(to json: inout JSONWriter) {
        json.key("in_feed")
        json.bool(isInDocument)
        json.member("last_seen", lastSeen.map { "\(Timestamp(seconds: $0.seconds))" })
    }

    private static func shown(_ time: Timestamp) -> String { TextFormat.shown("\(Timestamp(seconds: time.seconds))") }
}

extension StoreReader {
    /// Whether the article of a record is still in its feed; of an article's records the newest tells most.
    ///
    /// - Returns: nil where nothing is known.
    func sighting(of record: StoredRecord) throws(StoreError) -> Sighting? {
        guard let uid = record.uid, let feed = record.feed else { return nil }
        return try sighting(of: uid, in: feed, stored: record.storedAt)
    }
}
