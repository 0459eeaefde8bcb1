package import FeedModel
internal import Fleet
internal import JSONText

/// `FleetStatus` is how this machine stands in its fleet at one moment, as far as it knows by itself: nothing is asked for it.
/// What the engine knows of all machines is shown by `newswire fleet status`.
package struct FleetStatus: Sendable, Equatable {
    package let figures: FleetFigures
    /// Milliseconds for which it may go on polling without the engine; 0 where it may not poll.
    let leaseLeft: Int64
    /// Since when the engine has answered each question, or none; nil where it was not asked yet.
    let engineSince: Timestamp?
    /// Why nothing is polled, or soon will not be, in a sentence for people.
    let trouble: String?

    /// - Parameters:
    ///   - steady: milliseconds of CLOCK_BOOTTIME at that moment.
    ///   - time: the time of day then.
    package init(_ figures: FleetFigures, steady: Int64, time: Timestamp) {
        self.figures = figures
        leaseLeft = figures.leaseLeft(at: steady)
        engineSince = (figures.awaySince ?? figures.answersSince).map { time.adding(milliseconds: $0 - steady) }
        trouble = figures.trouble(at: steady)
    }

    private var leaseSeconds: Double { Double(leaseLeft) / 1000 }
    private var isReachable: Bool { figures.answersSince != nil }
    private var behind: UInt64 { figures.position - min(figures.position, figures.applied) }

    private var appends: [(outcome: StaticString, count: Int)] {
        [
            ("appended", figures.appends.appended), ("overtaken", figures.appends.overtaken),
            ("put_out", figures.appends.putOut), ("unanswered", figures.appends.unanswered),
        ]
    }

    /// Writes the part of a status as one object.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("machine", figures.name)
        json.key("joined")
        json.bool(figures.run != nil)
        json.member("trouble", trouble)
        json.member("beat", figures.beat)
        json.member("lease_seconds", leaseSeconds)
        json.member("shards", figures.shards)
        json.member("machines", figures.machines)
        json.member("applied", figures.applied)
        json.member("behind", behind)
        json.key("engine_reachable")
        json.bool(isReachable)
        json.member("engine_since", engineSince)
        json.key("appends")
        json.beginObject()
        for (outcome, count) in appends { json.member(outcome, count) }
        json.member("durations", figures.appends.durations)
        json.endObject()
        json.member("put_out", figures.timesPutOut)
        json.member("put_out_others", figures.putOuts)
        json.member("visits", figures.visits)
        json.endObject()
    }

    /// Writes the metrics of a machine in a fleet.
    func write(to text: inout PrometheusText) {
        text.metric(
            "newswire_fleet_lease_seconds", .gauge,
            "How long this machine may go on polling without the fleet's engine; 0 where it may not poll.", leaseSeconds
        )
        text.metric(
            "newswire_fleet_machines", .gauge, "Machines in the fleet, by the last look.", Double(figures.machines))
        text.metric("newswire_fleet_shards", .gauge, "Shards that this machine has.", Double(figures.shards))
        text.metric(
            "newswire_fleet_log_position", .gauge, "The last entry of the fleet's log that is in the store here.",
            Double(figures.applied))
        text.metric(
            "newswire_fleet_log_behind", .gauge, "Entries of the fleet's log that are not in the store here.",
            Double(behind))
        text.metric(
            "newswire_fleet_appends_total", .counter, "Tries to append to the fleet's log, by what came of them.",
            by: "outcome", appends.map { ("\($0.outcome)", Double($0.count)) })
        text.durations(
            "newswire_fleet_append_seconds", longest: "newswire_fleet_append_seconds_max",
            "Appends that are in the log, from the question to the store here.", figures.appends.durations)
        text.metric(
            "newswire_fleet_put_out_total", .counter,
            "How often this machine was put out of the fleet, and how often it has put out others.", by: "machine",
            [("this", Double(figures.timesPutOut)), ("others", Double(figures.putOuts))])
        text.metric(
            "newswire_fleet_engine_up", .gauge, "Whether the fleet's engine has answered the last question.",
            isReachable ? 1 : 0)
        text.metric(
            "newswire_fleet_visits_total", .counter,
            "Requests that have had their turn from the engine, as several machines ask their hosts.",
            Double(figures.visits))
    }
}
