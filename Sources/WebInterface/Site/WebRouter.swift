/// What answers which request: endpoints by the first part of their path.
struct WebRouter: Sendable {
    /// What was found for a path and a method.
    enum Found {
        case endpoint(WebEndpoint, parameters: [String: String])
        /// There is something, which does not answer to that method.
        case otherMethod(allowed: [String], WebSection)
        case nothing
    }

    private struct Route: Sendable {
        enum Part: Sendable {
            case literal(String)
            case name(String)
        }

        let parts: [Part]
        /// The name of what takes all that follows; nil where nothing may.
        let rest: String?
        let endpoint: WebEndpoint

        init(_ endpoint: WebEndpoint) {
            self.endpoint = endpoint
            var parts: [Part] = []
            var rest: String?
            for part in endpoint.pattern.split(separator: "/") {
                guard part.hasPrefix("{"), part.hasSuffix("}") else {
                    parts.append(.literal(String(part)))
                    continue
                }
                let name = part.dropFirst().dropLast()
                if name.hasSuffix("...") { rest = String(name.dropLast(3)) } else { parts.append(.name(String(name))) }
            }
            self.parts = parts
            self.rest = rest
        }

        /// How exactly it says what it is for: literals count more than names, and names more than what takes all.
        var exactness: [Int] {
            parts.map { part in
                if case .literal = part { 2 } else { 1 }
            } + (rest == nil ? [3] : [0])
        }

        func matches(_ segments: [String]) -> Bool {
            guard rest == nil ? segments.count == parts.count : segments.count >= parts.count else { return false }
            for (part, segment) in zip(parts, segments) {
                if case .literal(let text) = part, text != segment { return false }
            }
            return true
        }

        func parameters(_ segments: [String], path: String) -> [String: String] {
            var parameters: [String: String] = [:]
            for (part, segment) in zip(parts, segments) {
                if case .name(let name) = part { parameters[name] = segment }
            }
            if let rest { parameters[rest] = WebTarget.rest(of: path, behind: parts.count) }
            return parameters
        }
    }

    /// By the first part of the path, the most exact first; those that begin with a name under an empty text, as no part is.
    private var routes: [String: [Route]] = [:]

    init(_ endpoints: [WebEndpoint]) {
        for endpoint in endpoints {
            let route = Route(endpoint)
            var first = ""
            if case .literal(let text)? = route.parts.first { first = text }
            routes[first, default: []].append(route)
        }
        for key in routes.keys {
            routes[key]?.sort { $1.exactness.lexicographicallyPrecedes($0.exactness) }
        }
    }

    /// - Parameter path: as it came, below `base_path`.
    func find(_ method: WebRequest.Method, _ segments: [String], path: String) -> Found {
        var allowed: [String] = []
        var section: WebSection?
        for key in segments.isEmpty ? [""] : [segments[0], ""] {
            for route in routes[key] ?? [] where route.matches(segments) {
                let endpoint = route.endpoint
                if endpoint.method == method || endpoint.method == .get && method == .head {
                    return .endpoint(endpoint, parameters: route.parameters(segments, path: path))
                }
                section = section ?? endpoint.section
                let names = endpoint.method == .get ? ["GET", "HEAD"] : [endpoint.method.rawValue]
                for name in names where !allowed.contains(name) { allowed.append(name) }
            }
        }
        return section.map { .otherMethod(allowed: allowed.sorted(), $0) } ?? .nothing
    }

    /// What somebody has looked for where there is nothing, by where.
    static func section(of segments: [String]) -> WebSection {
        switch segments.first {
        case "api": segments.dropFirst().first == "greader.php" ? .googleReader : .api
        case "greader", "accounts", "reader": .googleReader
        case "v1", "miniflux": .miniflux
        case "out": .output
        default: .page
        }
    }
}
