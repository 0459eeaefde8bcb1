/// `FleetConsumers` is what the engine keeps of consumers: how far each has got, and which run holds it (docs/spec/fleet.md §7).
///
/// Its calls block for as long as the engine takes, and belong to one thread at a time.
package protocol FleetConsumers: AnyObject {
    /// Takes a consumer that nobody holds, or that this run has already.
    ///
    /// - Parameters:
    ///   - machine: the name of the machine that takes it.
    ///   - seq: where it stands here; where the engine does not know the consumer, it begins there.
    func take(_ consumer: String, run: String, machine: String, seq: UInt64) throws(EngineFailure) -> ConsumerTaking

    /// Says how far a consumer has got.
    ///
    /// - Returns: false where this run does not hold it any more: nothing was written.
    func move(_ consumer: String, run: String, to seq: UInt64) throws(EngineFailure) -> Bool

    /// Lets a consumer go, so that another machine may take it.
    func free(_ consumer: String, run: String) throws(EngineFailure)

    /// Forgets a consumer that this run holds.
    func forget(_ consumer: String, run: String) throws(EngineFailure)

    /// All consumers, by name.
    func all() throws(EngineFailure) -> [ConsumerRow]
}

/// `ConsumerTaking` is what has come of taking a consumer.
package enum ConsumerTaking: Sendable, Equatable {
    /// It is held here, and the engine has it at that number. Where this machine was the last that held it, a cursor here is
    /// the truth, since it is moved before the engine's is; else it goes on behind the number, wherever a cursor here is.
    case held(seq: UInt64, wasHere: Bool)
    /// A machine of that name holds it, in a run that is in the fleet.
    case elsewhere(String)
    /// This run is not in the fleet any more.
    case putOut
}

/// `ConsumerRow` is a consumer as the engine knows it.
package struct ConsumerRow: Sendable, Equatable {
    package var name: String
    /// It has had the records up to this number.
    package var seq: UInt64
    /// The machine that holds it; nil for nobody.
    package var machine: String?

    package init(name: String, seq: UInt64, machine: String?) {
        self.name = name
        self.seq = seq
        self.machine = machine
    }
}
