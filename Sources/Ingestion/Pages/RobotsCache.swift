internal import FeedModel
private import Locking
internal import Web

/// `RobotsCache` remembers the robots.txt of servers for a day (RFC 9309 §2.4). Any thread may ask and tell it.
///
/// It is bounded in memory: where many servers have large files, the oldest are forgotten and asked for again.
final class RobotsCache: Sendable {
    /// `Answer` is what is known of a server's robots.txt.
    enum Answer: Equatable {
        case rules(RobotsFile)
        /// It could not be had, so that nothing may be asked for until then.
        case unavailable(until: Timestamp)
    }

    private struct Entry {
        var answer: Answer
        var since: Timestamp
        var until: Timestamp
        var size: Int { if case .rules(let file) = answer { file.size + 256 } else { 256 } }
    }

    private struct Contents {
        var entries: [String: Entry] = [:]
        var bytes = 0
    }

    /// Seconds for which a file counts.
    static let lifetime = 86_400
    /// Seconds after which a file is asked for again that could not be had.
    static let retry = 3600
    /// Bytes of memory that the files take, at most.
    private static let mostBytes = 16 << 20

    private let contents = Locked(Contents())

    /// The URL of the robots.txt that counts for a URL, which is also the name of its server here.
    static func url(for url: WebURL) -> String { String(url.text.dropLast(url.target.utf8.count)) + "/robots.txt" }

    /// Returns what is known of a server; nil where its file is to be asked for.
    ///
    /// - Parameter robots: the URL of its robots.txt.
    func answer(for robots: String, at now: Timestamp) -> Answer? {
        contents.withLock { contents in
            guard let entry = contents.entries[robots], entry.until > now,
                // A clock that was ahead has made it.
                entry.since.seconds <= now.seconds + 60
            else { return nil }
            return entry.answer
        }
    }

    /// Takes in what a server has answered.
    func keep(_ answer: Answer, of robots: String, at now: Timestamp) {
        let until =
            switch answer {
            case .rules: now.adding(seconds: Self.lifetime)
            case .unavailable(let until): until
            }
        let entry = Entry(answer: answer, since: now, until: until)
        contents.withLock { contents in
            if let old = contents.entries.removeValue(forKey: robots) { contents.bytes -= old.size }
            contents.entries[robots] = entry
            contents.bytes += entry.size
            guard contents.bytes > Self.mostBytes else { return }
            for (key, old) in contents.entries.sorted(by: { $0.value.since < $1.value.since }) {
                if contents.bytes <= Self.mostBytes / 2 { break }
                contents.entries[key] = nil
                contents.bytes -= old.size
            }
        }
    }
}
