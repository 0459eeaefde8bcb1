private import Text

/// `BusURL` says which message bus or database is meant, and on which servers it is to be asked for.
package struct BusURL: Sendable, Hashable {
    /// `Kind` is what is spoken there.
    package enum Kind: String, Sendable, CaseIterable {
        case nats, kafka, postgresql, redis

        /// Returns the port on which such servers listen where nobody says otherwise.
        package var standardPort: UInt16 {
            switch self {
            case .nats: 4222
            case .kafka: 9092
            case .postgresql: 5432
            case .redis: 6379
            }
        }

        /// Tells whether a server on this machine may be reached through a socket of the file system.
        var hasSockets: Bool { self == .postgresql || self == .redis }
    }

    /// `Host` is one of the servers.
    package struct Host: Sendable, Hashable {
        /// The name or address, without brackets; or the absolute path of a Unix socket or, of PostgreSQL, of the folder
        /// of sockets.
        package var name: String
        package var port: UInt16

        /// Tells whether `name` is a path.
        package var isSocket: Bool { name.hasPrefix("/") }

        /// Tells whether what is sent there does not leave this machine.
        package var isLocal: Bool {
            if isSocket || name == "localhost" { return true }
            switch IPAddress(name) {
            case .v4(let address): return address >> 24 == 127
            case .v6(let high, let low): return high == 0 && low == 1
            case nil: return false
            }
        }

        /// Returns the host as a URL has it, with its port: `db1:5432`, `[::1]:5432`.
        package var text: String {
            isSocket ? name : name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
        }
    }

    /// `Problem` goes on where the name of the option ends.
    package struct Problem: Error, Equatable {
        package let message: String
    }

    /// So many servers may be named.
    private static let mostHosts = 32
    private static let longest = 4096

    package let kind: Kind
    /// The servers are in the order in which they are tried; there is at least one.
    package let hosts: [Host]
    /// What stands behind the servers, decoded and without its slash: PostgreSQL's database, the number of Redis'; empty
    /// where there is nothing.
    package let path: String
    /// The URL as it was written. There is no secret in it.
    package let written: String

    /// Reads a URL such as `nats://bus1:4222,bus2:4222`. A login in it is refused: everybody could read it.
    package init(_ text: String) throws(Problem) {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw Problem(message: "is no URL: it is too long, or holds a space or a control character")
        }
        let forms = "nats://, kafka://, postgresql:// or redis://, such as \"nats://bus1:4222,bus2:4222\""
        guard let colon = text.firstRange(of: "://") else { throw Problem(message: "must begin with \(forms)") }
        switch text[..<colon.lowerBound].lowercased() {
        case "postgres": kind = .postgresql
        case let scheme:
            guard let known = Kind(rawValue: scheme) else { throw Problem(message: "must begin with \(forms)") }
            kind = known
        }
        let rest = text[colon.upperBound...]
        guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw Problem(message: "takes nothing behind a question mark; the other keys of the table say it")
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        guard !authority.contains("@") else {
            throw Problem(message: "takes no login, which everybody could read; write user and password")
        }
        guard let path = Self.decoded(rest[slash...].dropFirst()) else { throw Problem(message: "has a broken %") }
        self.path = path
        var hosts: [Host] = []
        for part in authority.split(separator: ",", omittingEmptySubsequences: false) {
            hosts.append(try Self.host(part, kind))
        }
        guard hosts.count <= Self.mostHosts else { throw Problem(message: "may name \(Self.mostHosts) servers") }
        self.hosts = hosts
        written = text
        try checkPath()
    }

    /// Tells whether nothing that is sent leaves this machine.
    package var isLocal: Bool { hosts.allSatisfy(\.isLocal) }

    private func checkPath() throws(Problem) {
        switch kind {
        case .nats, .kafka:
            if !path.isEmpty { throw Problem(message: "takes no path: to says where articles go") }
        case .postgresql:
            guard !path.isEmpty, path.utf8.count <= 63, !path.utf8.contains(0) else {
                throw Problem(message: "must name a database: postgresql://db1/news")
            }
        case .redis:
            guard path.isEmpty || path.utf8.decimalNumber(atMost: 65_535) != nil else {
                throw Problem(message: "may end in the number of a database: redis://bus1/0")
            }
        }
    }

    private static func host(_ text: Substring, _ kind: Kind) throws(Problem) -> Host {
        if text.isEmpty {
            guard kind == .postgresql else { throw Problem(message: "names no server") }
            return Host(name: "/run/postgresql", port: kind.standardPort)
        }
        var name = text
        var port = kind.standardPort
        // The colons of an IPv6 address stand in brackets.
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            guard let number = text[text.index(after: colon)...].utf8.decimalNumber(atMost: 65_536),
                (1...65_535).contains(number)
            else {
                throw Problem(message: "has a port that is no number from 1 to 65535")
            }
            port = UInt16(number)
            name = text[..<colon]
        }
        if name.hasPrefix("["), name.hasSuffix("]") {
            let address = String(name.dropFirst().dropLast())
            guard case .v6? = IPAddress(address) else { throw Problem(message: "has an IPv6 address that is none") }
            return Host(name: address, port: port)
        }
        if name.lowercased().hasPrefix("%2f") {
            guard kind.hasSockets else { throw Problem(message: "takes no Unix socket") }
            guard let path = decoded(name), path.utf8.count < 100, !path.utf8.contains(0) else {
                throw Problem(message: "has no path of a socket behind %2F")
            }
            return Host(name: path, port: port)
        }
        guard !name.isEmpty, name.utf8.count <= 253,
            name.utf8.allSatisfy({ $0.isASCIIAlphanumeric || ".-_".utf8.contains($0) })
        else {
            throw Problem(
                message: "has a server that is no host: write names or addresses, separated by commas, IPv6 in brackets"
            )
        }
        return Host(name: String(name), port: port)
    }

    private static func decoded(_ text: Substring) -> String? {
        PercentEncoding.decoded(text.utf8).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
