internal import ArgumentParser
internal import Configuration
internal import Glibc

/// Where a secret is found, on the command line: `file:PATH`, `credential:NAME` or `env:NAME`. The secret itself never
/// stands there, where everybody on the machine could read it.
struct SecretArgument: ExpressibleByArgument {
    /// nil where the argument names no place: then it may be the secret itself, and nothing may repeat it, as the parser
    /// does with what it refuses. Options are checked by `check` for that reason.
    let secret: Secret?

    init(argument: String) { secret = Self.secret(argument) }

    /// Refuses an option that names no place.
    static func check(_ option: StaticString, _ arguments: [Self]) throws {
        guard arguments.contains(where: { $0.secret == nil }) else { return }
        throw ValidationError(
            """
            \(option) takes no secret itself, which others on this machine could read: write where it is found, as \
            file:PATH, credential:NAME or env:NAME.
            """)
    }

    /// Where a secret is found; nil where the text names no place.
    static func secret(_ argument: String) -> Secret? {
        let parts = argument.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let place = String(parts[1])
        switch parts[0] {
        case "file":
            // A file: URL has two slashes more.
            if place.hasPrefix("//") { return nil }
            return .file(place.hasPrefix("/") ? place : "\(Self.workingDirectory)/\(place)")
        case "credential":
            guard !place.contains("/"), !place.hasPrefix(".") else { return nil }
            return .credential(place)
        case "env": return .environment(place)
        default: return nil
        }
    }

    private static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }
}
