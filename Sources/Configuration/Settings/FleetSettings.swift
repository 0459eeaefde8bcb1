internal import Text
internal import Web

/// `FleetSettings` are those of `[fleet]`: by which engine this machine shares its polling with others (fleet.md §2).
package struct FleetSettings: Sendable {
    /// `Durability` says who sees to it that what the engine has acknowledged is not lost with one server.
    package enum Durability: String, Sendable, CaseIterable {
        /// A synchronous standby.
        case synchronous
        /// The storage of a cloud, which replicates by itself.
        case managed
        /// Nobody: one server, and no standby is ever promoted.
        case single
    }

    /// The URL is in libpq's syntax, without a password; empty only until the table has been read.
    package var engine = ""
    package var password: Secret?
    /// The machine's name in the fleet; empty for the host's without its domain.
    package var node = ""
    /// What a machine has is its own for so long after it was heard of.
    package var lease: Duration = .seconds(20)
    /// The machine takes so many parts of the sites; 0 for none.
    package var weight = 1
    /// Entries of the log are kept so long at least.
    package var logKeep: Duration = .seconds(86_400)
    package var durability = Durability.synchronous
    /// The place is where the table stands.
    package var source: SourcePlace
    /// The lines in which its keys stand.
    var lines: [String: Int] = [:]

    /// Makes what holds where nothing is set.
    package init(source: SourcePlace) {
        self.source = source
    }

    /// Returns what is to be said of a key, at its line; of the whole table where it has no such key.
    package func diagnostic(_ severity: Diagnostic.Severity, _ key: String, _ message: String) -> Diagnostic {
        Diagnostic(severity, file: source.file, line: lines[key] ?? source.line, "[fleet] \(key): \(message)")
    }

    /// Says why a text cannot be the name of a machine; nil where it can.
    static func refusal(node text: String) -> String? {
        let isName = text.utf8.count <= 63 && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "._-".utf8.contains($0) }
        return isName ? nil : "must be at most 63 letters, digits, dots, underscores and hyphens"
    }
}

extension FleetSettings: Equatable {
    /// Two tables are equal that say the same; where they were written does not count.
    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }
}

extension FleetSettings: OptionValues {
    static let table = OptionTable.fleet
    static let standard: Self? = Self(source: SourcePlace(file: "", line: 0))
    static let rows = Options.rows(of: Self.self)
}

/// What may be said of the engine's URL.
enum EngineURL {
    /// What newswire itself says to libpq, and what would bring a secret or another server from elsewhere.
    private static let refused: [String: String] = [
        "password": "takes no password, which everybody could read; write password",
        "sslpassword": "takes no password, which everybody could read; use a key without one",
        "passfile": "takes no passfile; write password", "service": "takes no service; write what it says",
        "servicefile": "takes no service; write what it says",
        "host": "names its servers before the database, separated by commas",
        "hostaddr": "names its servers before the database, separated by commas",
        "port": "names the ports behind the servers", "dbname": "names the database behind the servers",
        "user": "names the user before the servers: postgresql://newswire@db1/newswire",
        "options": "takes no options: newswire says itself how its sessions are",
        "replication": "takes no replication",
    ]

    /// Says why a text cannot be the URL of an engine (fleet.md F24); nil where it can.
    static func refusal(_ text: String) -> String? {
        let form = "such as \"postgresql://newswire@db1,db2/newswire\""
        guard text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") else {
            return "must begin with postgresql://, \(form)"
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else {
            return "holds a space, a # or a character beyond ASCII; write it as % and two digits"
        }
        let question = text.firstIndex(of: "?") ?? text.endIndex
        let query = text[question...].dropFirst()
        var servers = text[..<question].drop { $0 != "/" }.dropFirst(2)
        let slash = servers.firstIndex(of: "/") ?? servers.endIndex
        if let at = servers[..<slash].lastIndex(of: "@") {
            if servers[..<at].contains(":") { return refused["password"] }
            servers = servers[servers.index(after: at)...]
        }
        let url: BusURL
        do throws(BusURL.Problem) { url = try BusURL("postgresql://\(servers)") } catch { return error.message }
        for part in query.split(separator: "&", omittingEmptySubsequences: true) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0].utf8.allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") }) else {
                return "has something behind its question mark that is no name=value"
            }
            if let refusal = refusal(String(pair[0]), String(pair[1]), isLocal: url.isLocal) { return refusal }
        }
        return nil
    }

    private static func refusal(_ name: String, _ value: String, isLocal: Bool) -> String? {
        if let refusal = refused[name] { return refusal }
        switch name {
        case "sslmode" where value != "verify-full" && !isLocal:
            return
                "has sslmode=\(value), with which anybody could answer for the engine; leave it out: it is verify-full"
        case "target_session_attrs" where value != "read-write" && value != "primary":
            return "has target_session_attrs=\(value); the engine is the one server that takes what is written"
        default: return nil
        }
    }
}
