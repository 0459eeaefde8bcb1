package import ArticleStore
package import FeedModel
internal import Fetching
internal import Locking
package import Scheduling

/// Whether the time of day counts for what lasts (contract.md §6). Any thread may ask and tell.
extension PollClock {
    /// Why it does not count; nil where it does.
    package var doubt: TrustedTime.Doubt? {
        let (now, steady) = both()
        return trust.withLock { $0.doubt(now: now, steady: steady) }
    }

    /// The time of day, and whether it counts.
    var moment: FeedPoll.Moment {
        let (now, steady) = both()
        return FeedPoll.Moment(now: now, isDoubtful: trust.withLock { $0.doubt(now: now, steady: steady) != nil })
    }

    /// The time of day where it counts.
    package var trusted: Timestamp? {
        let (now, steady) = both()
        return trust.withLock { $0.doubt(now: now, steady: steady) == nil ? now : nil }
    }

    /// The time of day where it counts because something has confirmed it, and not for lack of anything that could: worth
    /// remembering with the store (`ArticleStore.keep(trusted:)`).
    package var confirmed: Timestamp? {
        let (now, steady) = both()
        return trust.withLock { $0.doubt(now: now, steady: steady) == nil && $0.isConfirmed ? now : nil }
    }

    /// Takes in what a store that was just opened says of the time, and when the program was made.
    ///
    /// - Parameter evidence: nil where it cannot be read: then only servers can tell.
    package func adopt(_ evidence: TimeEvidence?, release: Timestamp) {
        let (now, steady) = both()
        trust.withLock { trust in
            trust.adopt(release: release)
            trust.hear(stored: evidence?.times ?? [], isEmpty: evidence?.isEmpty ?? false, steady: steady)
            // What counts at the start counts on where later witnesses are divided.
            _ = trust.doubt(now: now, steady: steady)
        }
    }

    /// Takes in what a server's answer says of the time.
    ///
    /// - Parameter host: of the feed's configured URL.
    func observe(_ head: ResponseHead, host: String, isSecure: Bool) {
        guard let date = head.dateWithAge else { return }
        let steady = steady()
        trust.withLock { $0.hear(date: date, host: FeedHash.of(host), isSecure: isSecure, steady: steady) }
    }
}

extension ResponseHead {
    /// Seconds that a cache may have kept an answer for its age to be believed.
    private static let longestAge = 30 * 86_400

    /// When the answer was sent: a cache says when it got it, and how long ago that was (RFC 9111 §5.1).
    fileprivate var dateWithAge: Timestamp? {
        let age = fields.first("Age").flatMap { UInt32($0) } ?? 0
        return date?.adding(seconds: min(Int(age), Self.longestAge))
    }
}
