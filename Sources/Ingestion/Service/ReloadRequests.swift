internal import FeedModel

/// `ReloadRequests` is who waits for the configuration to be read anew, and what came of the last time.
struct ReloadRequests {
    private(set) var last: ServiceFigures.Reload?
    private var waiting: [ControlReply] = []
    /// It was said that the configuration cannot be read, though the reading has not ended.
    private var hasGivenUp = false

    mutating func add(_ reply: ControlReply) { waiting.append(reply) }

    /// A reading has ended.
    ///
    /// - Parameters:
    ///   - failure: what is wrong with the configuration; nil where it is in force.
    ///   - isReadAgain: another reading goes on: who has asked meanwhile may have changed something that this one has not
    ///     seen, and is answered by that.
    /// - Returns: whether it is over for everybody.
    mutating func end(_ failure: String?, isReadAgain: Bool, at now: Timestamp) -> Bool {
        hasGivenUp = false
        if isReadAgain { return false }
        answer(failure, at: now)
        return true
    }

    /// Whoever waits for the configuration is told that it cannot be read. It is put in force all the same once it was.
    ///
    /// - Returns: whether that is new.
    mutating func giveUp(_ reason: String, at now: Timestamp) -> Bool {
        if hasGivenUp { return false }
        hasGivenUp = true
        answer(reason, at: now)
        return true
    }

    /// The service ends.
    mutating func close() {
        for reply in waiting { reply.fail("the service was stopped") }
        waiting = []
    }

    private mutating func answer(_ failure: String?, at now: Timestamp) {
        last = .init(time: now, succeeded: failure == nil)
        for reply in waiting {
            if let failure { reply.fail("\(failure); the old configuration stays in force") } else { reply.done() }
        }
        waiting = []
    }
}
