package import Fleet

/// `FleetFigures` is how a machine stands in its fleet, for `status` and the metrics.
package struct FleetFigures: Sendable, Equatable {
    package var name = ""
    /// Nil while it is not in the fleet.
    package var run: String?
    /// The lease ends then, by CLOCK_BOOTTIME in milliseconds.
    package var until = Int64.min
    /// The number of the last heartbeat that the engine has shown.
    package var beat: UInt64 = 0
    package var shards = 0
    package var machines = 0
    /// Where the log ended when the engine was last looked at.
    package var position: UInt64 = 0
    /// Up to which entry the store here has followed the log.
    package var applied: UInt64 = 0
    package var obstacle: Membership.Obstacle?
    /// Since when the engine has not answered, by the same clock; nil where it answers.
    package var awaySince: Int64?
    /// Since when each question was answered; nil where the last was not, or none was asked.
    package var answersSince: Int64?
    /// How often this machine has put out another, and was put out.
    package var putOuts = 0
    package var timesPutOut = 0
    /// Entries of this machine, by what became of them.
    package var appends = FleetLedger.Figures()
    /// How many requests have had their turn from the engine, as several machines ask their hosts.
    package var visits = 0
}

extension FleetFigures {
    /// How many milliseconds the lease still lasts, by the clock of `until`. A machine has its run before its first lease,
    /// and `until` is then as far back as can be.
    package func leaseLeft(at now: Int64) -> Int64 { run == nil || until <= now ? 0 : until - now }

    /// Why nothing is polled, or soon will not be, in a sentence for people; nil where all is well.
    ///
    /// - Parameter now: milliseconds of CLOCK_BOOTTIME.
    package func trouble(at now: Int64) -> String? {
        let left = leaseLeft(at: now) / 1000
        if let awaySince, now - awaySince >= 2000 {
            let rest = left > 0 ? "polling stops in \(left) s" : "nothing is polled"
            return "the fleet's engine has not answered for \((now - awaySince) / 1000) s; \(rest)"
        }
        guard run == nil else { return nil }
        return switch obstacle {
        case .behind(let count)?: "joining the fleet: \(count) entries of the log are still to be read"
        case .clock(let off)?: "not in the fleet: the clock is \(off) ms from the engine's"
        case .name?: "not in the fleet: a machine with this one's name may live"
        case nil: "joining the fleet"
        }
    }
}
