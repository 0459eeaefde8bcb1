package import Configuration
private import Digest
package import FeedModel
package import Fleet
package import Locking

/// `FleetBell` rings in the service when the log has news for it, which is made before the service is.
package final class FleetBell: Sendable {
    /// `Hearers` are told on the thread of whoever rings, and must not hold it up.
    package struct Hearers: Sendable {
        /// An append has found that this machine is not in the fleet any more.
        package var putOut: @Sendable () -> Void
        /// Others have found something of these feeds, which the store has.
        package var changed: @Sendable (Set<FeedIdentifier>) -> Void
    }

    private let hearers = Locked<Hearers?>(nil)

    package init() {}

    /// What rings before that is heard by nobody: nothing is polled yet.
    func answer(_ hearers: Hearers) { self.hearers.withLock { $0 = hearers } }

    package func putOut() { hearers.withLock { $0 }?.putOut() }
    package func changed(_ feeds: Set<FeedIdentifier>) { hearers.withLock { $0 }?.changed(feeds) }
}

/// `FleetAccess` is how a running service reaches the engine of its fleet, as whoever starts it hands over.
package struct FleetAccess: Sendable {
    /// What this machine is in the fleet.
    package var machine: Membership.Machine
    /// Makes the register; called by the thread that uses it, which is one alone.
    package var register: @Sendable () -> any FleetRegister
    /// Makes what gives turns at visited hosts; called by the thread that uses it, which is one alone.
    package var visits: @Sendable () -> any FleetVisits
    /// Makes what holds consumers; called by the thread that uses it, which is one alone.
    package var consumers: @Sendable () -> any FleetConsumers
    /// Makes what takes old entries out of the engine, anew for each turn of it.
    package var trimming: @Sendable () -> any FleetTrimming
    /// Milliseconds that entries are kept at least.
    package var logKeep: Int64
    /// The run under which this machine is in the fleet, for appends; nil while it is not. The service sets it.
    package var run: Locked<String?>
    /// Tells at which position of the log the store is. Any thread may ask.
    package var applied: @Sendable () -> UInt64
    /// Tells what has become of this machine's entries. Any thread may ask.
    package var appends: @Sendable () -> FleetLedger.Figures
    /// Throws away what was polled and is not in the log, as this machine is not in the fleet any more. Returns at once.
    package var endTerm: @Sendable () -> Void
    /// Brings the store to the end of the log before this machine joins, and returns when it is there. Called by the thread of
    /// the register.
    package var catchUp: @Sendable () throws(EngineFailure) -> Void
    package var bell: FleetBell
    /// Ends all waiting for the engine, for good.
    package var halt: @Sendable () -> Void
    /// Ends the process, on any thread, as this machine cannot be in the fleet.
    package var end: @Sendable (Membership.Ending) -> Void

    package init(
        machine: Membership.Machine, register: @escaping @Sendable () -> any FleetRegister,
        visits: @escaping @Sendable () -> any FleetVisits, consumers: @escaping @Sendable () -> any FleetConsumers,
        trimming: @escaping @Sendable () -> any FleetTrimming, logKeep: Int64, run: Locked<String?>,
        applied: @escaping @Sendable () -> UInt64, appends: @escaping @Sendable () -> FleetLedger.Figures,
        endTerm: @escaping @Sendable () -> Void,
        catchUp: @escaping @Sendable () throws(EngineFailure) -> Void, bell: FleetBell,
        halt: @escaping @Sendable () -> Void,
        end: @escaping @Sendable (Membership.Ending) -> Void
    ) {
        self.machine = machine
        self.register = register
        self.visits = visits
        self.consumers = consumers
        self.trimming = trimming
        self.logKeep = logKeep
        self.run = run
        self.applied = applied
        self.appends = appends
        self.endTerm = endTerm
        self.catchUp = catchUp
        self.bell = bell
        self.halt = halt
        self.end = end
    }
}

extension Membership.Machine {
    /// Makes what `[fleet]` says of this machine.
    ///
    /// - Parameters:
    ///   - hostName: what the host is called, with or without its domain.
    ///   - machineID: systemd's of this host.
    ///   - store: the path of the store. A host may have two, with a name each.
    package init(_ settings: FleetSettings, hostName: String, machineID: String, store: String) {
        let own = hostName.split(separator: ".").first.map(String.init) ?? "newswire"
        var digest = MessageDigest(.sha256)
        digest.update("newswire fleet\0\(machineID)\0\(store)")
        self.init(
            name: settings.node.isEmpty ? own : settings.node, id: Hex.string(digest.finish(16)),
            weight: settings.weight, lease: settings.lease.milliseconds)
    }
}

extension Configuration {
    /// Returns a hash of what is polled and how hosts are treated, the same on machines that are to poll the same.
    package var pollingHash: String {
        var stream = XXH3Stream()
        func add(_ text: String) { Array("\(text)\n".utf8).withUnsafeBytes { stream.update($0) } }
        for host in hosts { add("\(host.name) \(host.delay.milliseconds) \(host.concurrency)") }
        for feed in feeds where feed.enabled { add("\(feed.id) \(feed.url)") }
        return String(stream.hash128().hex.prefix(16))
    }
}
