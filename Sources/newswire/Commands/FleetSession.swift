internal import Configuration
internal import Engine
internal import Fleet

/// The engine of the fleet that a configuration names.
struct FleetSession {
    let settings: FleetSettings
    let access: EngineAccess

    /// Opens libpq and reads the password; the engine is asked nothing.
    ///
    /// - Parameter patience: milliseconds that each answer is waited for; nil for as long as it takes.
    /// - Throws: 78 where the configuration names no fleet, or one that cannot be reached as it says.
    init(_ configuration: Configuration, patience: Int64? = nil) throws(CommandFailure) {
        guard let settings = configuration.fleet else {
            throw CommandFailure(
                .badConfiguration,
                "looking for the fleet: \(configuration.path) has no table [fleet]; write one that says where its engine is"
            )
        }
        self.settings = settings
        var engine = try Self.engine(settings)
        engine.longestWait = patience
        access = try CommandFailure.asking { () throws(EngineFailure) in try EngineAccess(engine) }
    }

    private static func engine(_ settings: FleetSettings) throws(CommandFailure) -> EngineSettings {
        let durability: EngineSettings.Durability =
            switch settings.durability {
            case .synchronous: .synchronous
            case .managed: .managed
            case .single: .single
            }
        do throws(SecretError) {
            return EngineSettings(
                url: settings.engine,
                password: try settings.password.map { secret throws(SecretError) in
                    try secret.resolve(environment: CommonOptions.environment)
                }, durability: durability)
        } catch {
            throw CommandFailure(.badConfiguration, "[fleet] password: \(error)")
        }
    }
}

extension CommandFailure {
    /// What an engine's failure ends a command with.
    init(_ failure: EngineFailure) {
        let status: ExitStatus =
            switch failure.kind {
            case .away: .allFailed
            case .refused: .badConfiguration
            case .trimmed, .damaged: .badInput
            }
        self.init(status, "asking the engine of the fleet: \(failure)")
    }

    /// Gives the engine's errors the exit status of the contract.
    static func asking<Value>(_ work: () throws(EngineFailure) -> Value) throws(CommandFailure) -> Value {
        do throws(EngineFailure) { return try work() } catch { throw CommandFailure(error) }
    }
}
