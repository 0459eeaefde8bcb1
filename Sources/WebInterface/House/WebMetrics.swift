internal import FeedModel
internal import Ingestion
internal import Locking
package import SearchIndex

/// `WebMetrics` counts what newswire-web has answered, for Prometheus. Any thread may tell it.
package final class WebMetrics: Sendable {
    private struct Key: Hashable {
        var section: WebSection
        /// The first digit of the status.
        var kind: Int
    }

    private struct Counts {
        var answers: [Key: Int] = [:]
        var durations = DurationSum()
        var streams = 0
    }

    private let counts = Locked(Counts())

    package init() {}

    /// Takes in an answer.
    ///
    /// - Parameter milliseconds: from the request's head to the answer's beginning.
    package func count(_ section: WebSection, status: Int, milliseconds: Int64) {
        counts.withLock { counts in
            counts.answers[Key(section: section, kind: status / 100), default: 0] += 1
            counts.durations.add(milliseconds: milliseconds)
        }
    }

    /// Takes in that a stream has begun, or ended.
    package func countStream(_ change: Int) { counts.withLock { $0.streams += change } }

    /// Returns the figures in Prometheus' text format.
    package func prometheus(search: SearchStanding?) -> String {
        let counts = counts.withLock { $0 }
        var text = PrometheusText()
        let answers = counts.answers.map { key, count in
            (labels: [("section", "\(key.section)"), ("status", "\(key.kind)xx")], value: Double(count))
        }
        text.metric(
            "newswire_web_answers_total", .counter, "Answers of newswire-web, by part of the site and kind of status.",
            answers.sorted { "\($0.labels)" < "\($1.labels)" })
        text.durations(
            "newswire_web_answer_seconds", longest: "newswire_web_answer_longest_seconds",
            "Times from requests to the beginnings of their answers.", counts.durations)
        text.metric(
            "newswire_web_streams", .gauge, "Streams of articles that are open.", Double(counts.streams))
        if let search {
            text.metric(
                "newswire_web_index_last_seq", .gauge, "The number of the last record in the index.",
                Double(search.lastSeq))
            text.metric(
                "newswire_web_index_searched_from", .gauge,
                "Records before this number are not in the index yet; 0 where all are.", Double(search.searchedFrom))
            text.metric("newswire_web_index_bytes", .gauge, "Bytes of the index.", Double(search.bytes))
            text.metric(
                "newswire_web_index_trouble", .gauge, "1 while the index cannot be written.",
                search.trouble == nil ? 0 : 1)
        }
        return text.text
    }
}
