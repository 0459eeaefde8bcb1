/// `EngineSettings` are what a fleet's engine is reached by, with its secret, which is not written anywhere.
package struct EngineSettings: Sendable {
    /// `Durability` is who sees to it that what the engine has acknowledged is not lost with one machine.
    package enum Durability: String, Sendable, CaseIterable {
        /// A synchronous standby of the engine's.
        case synchronous
        /// A cloud's storage, which replicates by itself.
        case managed
        /// Nobody: one server, and no standby is ever promoted.
        case single
    }

    /// Where the engine is, in libpq's syntax: one server or several, of which one is the primary.
    package var url: String
    package var password: String?
    package var durability: Durability
    /// Milliseconds that one server is waited for when it is connected to, so that the next one gets its turn.
    package var connectTimeout: Int64 = 3000
    /// Milliseconds after which a statement without an answer lets the engine's servers be looked at: it is waited for as long
    /// as the server that has it is still the primary.
    package var patience: Int64 = 5000
    /// Milliseconds after which a statement is given up all the same, whose outcome nobody needs to know; nil for never.
    package var longestWait: Int64?

    package init(url: String, password: String? = nil, durability: Durability = .synchronous) {
        self.url = url
        self.password = password
        self.durability = durability
    }
}
