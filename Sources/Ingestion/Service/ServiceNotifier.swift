private import CShims
private import FeedModel
private import Glibc
internal import Scheduling

/// `ServiceNotifier` tells systemd how the service is doing (sd_notify(3)); it says nothing where nobody listens. Any
/// thread may use it.
package struct ServiceNotifier: Sendable {
    private let path: String?
    /// systemd wants a sign of life after so many microseconds; nil where it wants none.
    package let watchdogMicroseconds: Int64?

    /// Finds in the environment where systemd listens and what it wants.
    package init(environment: [String: String]) {
        path = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        watchdogMicroseconds =
            isForUs ? environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil } : nil
    }

    /// Tells whether systemd listens: then it has started the service, and waits for it.
    package var isHeard: Bool { path != nil }

    /// Says that the service is up, or that it has read its configuration, with a line of status.
    package func ready(status: String) { send("READY=1\nSTATUS=\(SafeText.line(status))", mustArrive: true) }
    /// Gives a line of status.
    package func status(_ text: String) { send("STATUS=\(SafeText.line(text))", mustArrive: false) }
    /// Says that the service is about to end.
    package func stopping() { send("STOPPING=1\nSTATUS=stopping", mustArrive: true) }
    /// Gives a sign of life, where systemd wants one.
    package func alive() {
        if watchdogMicroseconds != nil { send("WATCHDOG=1", mustArrive: false) }
    }

    /// Says that work goes on that all else waits for, and that may go on for minutes after this.
    package func busy(_ text: String) {
        let alive = watchdogMicroseconds != nil ? "WATCHDOG=1\n" : ""
        send("EXTEND_TIMEOUT_USEC=300000000\n\(alive)STATUS=\(SafeText.line(text))", mustArrive: false)
    }

    /// Signs of life are so many milliseconds apart.
    package var aliveInterval: Int64 { min(1000, (watchdogMicroseconds ?? .max) / 3000) }

    /// Says that the configuration is being read anew; must be followed by `ready`.
    package func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        send("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)", mustArrive: true)
    }

    /// - Parameter mustArrive: waits a little where the manager has not read what was sent before; what comes again soon
    ///   is rather left out, so that a manager that does not read holds up no polling.
    private func send(_ message: String, mustArrive: Bool) {
        guard let address = path.flatMap({ UnixAddress($0, allowsAbstract: true) }) else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let flags = Int32(MSG_NOSIGNAL) | (mustArrive ? 0 : Int32(MSG_DONTWAIT))
        let bytes = Array(message.utf8)
        address.withPointer { _ = sendto(descriptor, bytes, bytes.count, flags, $0, $1) }
    }
}

/// `SignsOfLife` says what the service is to tell of itself whenever the loop comes by: to the watchdog, in its status, and
/// in the metrics. By the steady clock: where the time of day is put back, systemd would hear nothing until it has come
/// again.
struct SignsOfLife {
    /// Milliseconds between two lines of status.
    private static let statusInterval: Int64 = 1000
    /// Milliseconds between two versions of `[status] textfile`.
    private static let metricsInterval: Int64 = 15_000

    /// Milliseconds between two looks at the consumers, and between two removals of old events.
    private static let consumerInterval: Int64 = 60_000
    private static let trimInterval: Int64 = 24 * 3600 * 1000

    private var lastSign: SteadyTime?
    private var lastConsumers: SteadyTime?
    private var lastTrim: SteadyTime?
    private var lastStatus: SteadyTime?
    private var lastMetrics: SteadyTime?

    /// - Parameter interval: milliseconds.
    mutating func isTimeForSign(at now: SteadyTime, every interval: Int64) -> Bool {
        Self.isTime(&lastSign, now, interval)
    }

    mutating func isTimeForStatus(at now: SteadyTime) -> Bool { Self.isTime(&lastStatus, now, Self.statusInterval) }

    mutating func isTimeForMetrics(at now: SteadyTime) -> Bool { Self.isTime(&lastMetrics, now, Self.metricsInterval) }

    mutating func isTimeForConsumers(at now: SteadyTime, every interval: Int64? = nil) -> Bool {
        Self.isTime(&lastConsumers, now, min(interval ?? Self.consumerInterval, Self.consumerInterval))
    }

    mutating func isTimeToTrim(at now: SteadyTime) -> Bool { Self.isTime(&lastTrim, now, Self.trimInterval) }

    private static func isTime(_ last: inout SteadyTime?, _ now: SteadyTime, _ interval: Int64) -> Bool {
        if let last, now.milliseconds(since: last) < interval { return false }
        last = now
        return true
    }
}
