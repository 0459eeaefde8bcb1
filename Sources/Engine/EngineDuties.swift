internal import Fleet
internal import PostgreSQL

/// What a fleet asks of its engine (F24), so that what it has acknowledged is there after whatever happens.
struct EngineDuties: Equatable {
    static let oldest = 14

    /// As PostgreSQL counts versions: 150004 for 15.4.
    var version: Int
    var fsync: String
    var fullPageWrites: String
    var encoding: String
    var standbys: String

    /// Says which duty the server does not do; nil where it does all.
    func breach(by server: String, _ durability: EngineSettings.Durability) -> EngineFailure? {
        if version < Self.oldest * 10_000 {
            return EngineFailure(
                .refused, "\(server) is PostgreSQL \(version / 10_000)",
                advice: "a fleet needs \(Self.oldest) or newer")
        }
        for (name, value) in [("fsync", fsync), ("full_page_writes", fullPageWrites)] where value != "on" {
            return EngineFailure(
                .refused, "\(server) has \(name) = \(value), and may lose or damage what it has acknowledged",
                advice: "set \(name) = on there")
        }
        if encoding != "UTF8" {
            return EngineFailure(
                .refused, "the database of \(server) has server_encoding = \(encoding)",
                advice: "make one with ENCODING 'UTF8'")
        }
        if durability == .synchronous, standbys.isEmpty {
            return EngineFailure(
                .refused,
                "\(server) has no synchronous_standby_names, so what it has acknowledged is lost where a standby is promoted",
                advice: "set it, or say in durability that the storage replicates (managed) or that no standby is ever "
                    + "promoted (single)")
        }
        return nil
    }
}
