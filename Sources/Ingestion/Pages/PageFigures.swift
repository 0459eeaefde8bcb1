internal import JSONText

/// `PageFigures` say how the pages of articles are since the service was started: a part of `status` and of the metrics.
package struct PageFigures: Sendable, Equatable {
    /// So many pages were stored.
    package var stored = 0
    /// So many had the same text as before.
    package var unchanged = 0
    /// Of so many the server has said that they are as they were (304).
    package var notModified = 0
    /// So many tries have failed in which way.
    package var failures: [PageFailure: Int] = [:]
    /// So many were given up because too many waited.
    package var droppedWaiting = 0
    /// So many wait.
    package var waiting = 0
    /// So many feeds are left alone because their pages were refused.
    package var pausedFeeds = 0

    package init() {}

    /// Takes in what came of a page.
    mutating func count(_ outcome: PageTask.Outcome) {
        switch outcome {
        case .stored: stored += 1
        case .unchanged: unchanged += 1
        case .notModified: notModified += 1
        case .failed(let failure): failures[failure.kind, default: 0] += 1
        case .notNow, .notStored, .unwanted, .stopped: break
        }
    }
}

extension PageFigures {
    /// Writes the members of an object that the caller has begun.
    func writeMembers(to json: inout JSONWriter) {
        json.member("waiting", waiting)
        json.member("paused_feeds", pausedFeeds)
        json.member("stored", stored)
        json.member("unchanged", unchanged)
        json.member("not_modified", notModified)
        json.member("given_up", droppedWaiting)
        json.key("failures")
        json.beginObject()
        for (failure, count) in failures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            json.key(failure.rawValue)
            json.integer(count)
        }
        json.endObject()
    }
}
