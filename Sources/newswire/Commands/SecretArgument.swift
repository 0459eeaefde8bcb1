internal import ArgumentParser
internal import Configuration
internal import Glibc

/// Where a secret is found, on the command line: `file:PATH`, `credential:NAME` or `env:NAME`. The secret itself never
/// stands there, where everybody on the machine could read it.
struct SecretArgument: ExpressibleByArgument {
    let secret: Secret

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let place = String(parts[1])
        switch parts[0] {
        case "file":
            // A file: URL has two slashes more.
            if place.hasPrefix("//") { return nil }
            secret = .file(place.hasPrefix("/") ? place : "\(Self.workingDirectory)/\(place)")
        case "credential":
            guard !place.contains("/"), !place.hasPrefix(".") else { return nil }
            secret = .credential(place)
        case "env": secret = .environment(place)
        default: return nil
        }
    }

    private static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }
}
