internal import Scheduling

/// `SignsOfLife` says what the service is to tell of itself whenever the loop comes by: to the watchdog, in its status, and
/// in the metrics. By the steady clock: where the time of day is put back, systemd would hear nothing until it has come
/// again.
struct SignsOfLife {
    /// Milliseconds between two lines of status.
    private static let statusInterval: Int64 = 1000
    /// Milliseconds between two versions of `[status] textfile`.
    private static let metricsInterval: Int64 = 15_000

    private var lastSign: SteadyTime?
    private var lastStatus: SteadyTime?
    private var lastMetrics: SteadyTime?

    /// - Parameter interval: milliseconds.
    mutating func isTimeForSign(at now: SteadyTime, every interval: Int64) -> Bool {
        Self.isTime(&lastSign, now, interval)
    }

    mutating func isTimeForStatus(at now: SteadyTime) -> Bool { Self.isTime(&lastStatus, now, Self.statusInterval) }

    mutating func isTimeForMetrics(at now: SteadyTime) -> Bool { Self.isTime(&lastMetrics, now, Self.metricsInterval) }

    private static func isTime(_ last: inout SteadyTime?, _ now: SteadyTime, _ interval: Int64) -> Bool {
        if let last, now.milliseconds(since: last) < interval { return false }
        last = now
        return true
    }
}
