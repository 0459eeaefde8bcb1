/// `FleetRegister` is what the engine keeps of who is in the fleet and whose is which shard (docs/spec/fleet.md §4).
///
/// Its calls block for as long as the engine takes; it has a connection and a thread of its own, so that a heartbeat never
/// waits for an append.
package protocol FleetRegister: AnyObject {
    /// Joins with a new run, whose row comes in the place of that of an earlier one. Throws `.refused` where another row has
    /// the name.
    ///
    /// - Parameter earlier: the run of this machine that a look has shown under its name. It is named, because a statement
    ///   that comes late must not put out a run that has joined since.
    func join(_ node: NodeRow, replacing earlier: String?) throws(EngineFailure)

    /// Says that this run is alive.
    ///
    /// - Returns: false where it is not in the fleet any more.
    func beat(run: String, applied: UInt64, about: String) throws(EngineFailure) -> Bool

    /// All machines, with their beats, and whose is which shard.
    func view() throws(EngineFailure) -> FleetView

    /// Puts a machine out that still has that beat.
    func putOut(run: String, beat: UInt64) throws(EngineFailure)

    /// Takes those of the shards that are free. Whether it has got them is told by the next `view`.
    func claim(_ shards: [Int], for run: String) throws(EngineFailure)

    /// Gives shards up, if the run still has that beat: a statement that comes late must not free what is in use again.
    func giveUp(_ shards: [Int], of run: String, beat: UInt64) throws(EngineFailure)

    /// Leaves the fleet: all that the run has is free.
    func leave(run: String) throws(EngineFailure)
}

/// `NodeRow` is a machine as the engine knows it.
package struct NodeRow: Sendable, Equatable {
    package var run: String
    package var name: String
    /// A hash of the machine's id and its store's path.
    package var machine: String
    package var beat: UInt64
    package var applied: UInt64
    /// Milliseconds: each machine's own, so that others wait as long as it counts on.
    package var lease: Int64
    package var weight: Int
    /// JSON: version, hash of the configuration, counts.
    package var about: String

    package init(
        run: String, name: String, machine: String, beat: UInt64 = 0, applied: UInt64, lease: Int64, weight: Int,
        about: String
    ) {
        self.run = run
        self.name = name
        self.machine = machine
        self.beat = beat
        self.applied = applied
        self.lease = lease
        self.weight = weight
        self.about = about
    }
}

/// `FleetView` is what one look at the engine has shown.
package struct FleetView: Sendable {
    package var nodes: [NodeRow]
    /// By shard, the run that has it; nil for a free one.
    package var owners: [String?]
    /// Where the log ended.
    package var position: UInt64
    /// The engine's time of day, in milliseconds.
    package var time: Int64
    /// Hosts to which somebody is led from elsewhere, whose turns the engine gives.
    package var visited: [String]

    package init(nodes: [NodeRow], owners: [String?], position: UInt64, time: Int64, visited: [String]) {
        self.nodes = nodes
        self.owners = owners
        self.position = position
        self.time = time
        self.visited = visited
    }
}
