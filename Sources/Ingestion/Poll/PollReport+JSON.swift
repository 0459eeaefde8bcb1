internal import FeedModel
package import JSONText

extension PollReport {
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("feed", feed.text)
        json.member("url", url)
        json.member("outcome", outcome.rawValue)
        json.member("status", status)
        json.member("new", newArticles)
        json.member("updated", updatedArticles)
        json.member("duplicates", duplicateArticles)
        json.member("bytes", bytes)
        json.member("duration_ms", durationMilliseconds)
        json.member("next_poll", nextPoll)
        json.member("error_class", failure?.word)
        json.member("error", failure?.message)
        json.member("notes", notes)
        json.endObject()
    }

    /// A report that another newswire wrote; nil where it is none.
    package init?(_ json: JSONValue) {
        guard let feed = json["feed"]?.string, let url = json["url"]?.string,
            let outcome = json["outcome"]?.string.flatMap(Outcome.init(rawValue:))
        else { return nil }
        self.init(feed: FeedIdentifier(feed), url: url, outcome: outcome)
        status = json["status"]?.integer.flatMap { Int(exactly: $0) }
        newArticles = Self.count(json["new"])
        updatedArticles = Self.count(json["updated"])
        duplicateArticles = Self.count(json["duplicates"])
        bytes = json["bytes"]?.integer ?? 0
        durationMilliseconds = json["duration_ms"]?.integer ?? 0
        nextPoll = json["next_poll"]?.string.flatMap { Timestamp(rfc3339: $0) }
        if let word = json["error_class"]?.string {
            failure = FeedState.Failure(word: word, message: json["error"]?.string ?? "")
        }
        notes = (json["notes"]?.array ?? []).compactMap(\.string)
    }

    private static func count(_ value: JSONValue?) -> Int {
        value?.integer.flatMap { Int(exactly: $0) } ?? 0
    }
}
