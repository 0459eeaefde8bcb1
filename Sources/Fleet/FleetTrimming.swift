/// `FleetTrimming` takes out of the engine what nobody needs any more (docs/spec/fleet.md F14).
///
/// Its calls block for as long as the engine takes, and belong to one thread at a time.
package protocol FleetTrimming: AnyObject {
    /// Removes the oldest entries that all machines of the fleet have applied and that are older than `keep`, if that is the
    /// task of the machine of that name: it is the first by its name.
    ///
    /// - Parameter keep: milliseconds.
    /// - Returns: whether there may be more.
    func trimLog(keep: Int64, as machine: String) throws(EngineFailure) -> Bool

    /// Removes hosts at which nobody has asked for a turn in a day, if that is the task of the machine of that name.
    func trimVisits(as machine: String) throws(EngineFailure)
}
