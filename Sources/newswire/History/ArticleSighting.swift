internal import ArticleStore
internal import FeedModel
internal import JSONText

/// Whether an article is still in its feed, in words.
struct ArticleSighting {
    let sighting: Sighting

    /// - Parameter record: one of the article's; of several the newest tells most.
    /// - Returns: nil where nothing is known.
    init?(of uid: ArticleIdentifier, _ record: StoredRecord, in reader: StoreReader) throws {
        guard let feed = record.feed,
            let sighting = try reader.sighting(of: uid, in: feed, stored: record.storedAt)
        else { return nil }
        self.sighting = sighting
    }

    var sentence: String {
        if sighting.isInDocument { return "still in its feed, as of \(Self.shown(sighting.documentTime))" }
        let gone = "gone from its feed, as of \(Self.shown(sighting.documentTime)); "
        guard let last = sighting.lastSeen else { return gone + "when it was last seen there is not known" }
        return gone + "last seen there \(Self.shown(last))"
    }

    /// `in_feed` and `last_seen`, which is left out where it is not known.
    func write(to json: inout JSONWriter) {
        json.key("in_feed")
        json.bool(sighting.isInDocument)
        json.member("last_seen", sighting.lastSeen.map { "\(Timestamp(seconds: $0.seconds))" })
    }

    private static func shown(_ time: Timestamp) -> String { TextFormat.shown("\(Timestamp(seconds: time.seconds))") }
}
