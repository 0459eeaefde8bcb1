/// `FleetVisits` is what the engine keeps of hosts to which somebody is led who does not have their shard (docs/spec/fleet.md
/// §6): it gives the turns there, to guests and to the owner alike.
///
/// Its calls block for as long as the engine takes, and belong to one thread at a time.
package protocol FleetVisits: AnyObject {
    /// Makes a host one whose turns the engine gives, where it is none yet. All learn of it with their next look.
    func enter(_ host: String) throws(EngineFailure)

    /// Asks for a turn at a host that has been entered.
    ///
    /// - Parameter delay: milliseconds that the next turn is after this one at least.
    /// - Returns: the milliseconds from the engine's answer to the turn; nil where the host has not been entered, or was
    ///   forgotten because nobody has asked for a turn there in a day.
    func turn(at host: String, delay: Int64) throws(EngineFailure) -> Int64?
}
