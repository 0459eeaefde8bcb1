/// The keys of each table (contract.md §2), to name the nearest one of a mistyped key.
struct Section {
    /// As it stands in messages: `[fetch]`, or empty for the top of the file.
    var title: String
    /// As it stands in `UnbuiltKeys`.
    var name: String
    var keys: [String]
    /// Those of the keys that change nothing yet.
    var unbuilt: [String]

    init(_ title: String, name: String, keys: [String]) {
        self.title = title
        self.name = name
        self.keys = keys
        unbuilt = UnbuiltKeys.keys(of: name)
    }

    static let root = Section(
        "", name: "root", keys: ["contact", "include", "fetch", "host", "schedule", "store", "status", "log", "feed"])
    static let includedRoot = Section("", name: "included", keys: ["include", "host", "feed"])
    static let fetch = Section(
        "[fetch] ", name: "fetch",
        keys: [
            "concurrency", "host_concurrency", "host_delay", "connect_timeout", "timeout", "max_body",
            "private_networks", "proxy", "ca_file",
        ])
    static let host = Section(
        "[host] ", name: "host", keys: ["delay", "concurrency", "pause_scope", "max_age_cap"])
    static let schedule = Section(
        "[schedule] ", name: "schedule", keys: ["min_interval", "max_interval", "initial_interval", "max_age_cap"])
    static let store = Section(
        "[store] ", name: "store", keys: ["directory", "segment_size", "keep", "updates", "duplicates"])
    static let status = Section("[status] ", name: "status", keys: ["textfile"])
    static let log = Section("[log] ", name: "log", keys: ["level"])
    static let feed = Section(
        "[[feed]] ", name: "feed",
        keys: [
            "url", "id", "title", "tags", "interval", "user_agent", "headers", "basic_auth", "bearer", "client_cert",
            "proxy", "timeout", "connect_timeout", "max_age_cap", "private_networks", "ca_file", "tls_verify",
            "http2", "keep_alive", "aliases", "updates", "enabled",
        ])
    static let basicAuth = Section("[[feed]] basic_auth.", name: "basic_auth", keys: ["user", "password"])
    static let clientCert = Section("[[feed]] client_cert.", name: "client_cert", keys: ["cert", "key"])

    /// What to say of a key that the table does not have.
    func advice(forUnknown key: String) -> String {
        if let nearest = EditDistance.nearest(to: key, among: keys) { return "did you mean \(nearest)?" }
        let others = [Section.root, .fetch, .host, .schedule, .store, .status, .log, .feed].filter {
            $0.keys.contains(key)
        }
        let elsewhere = others.map { $0.title.isEmpty ? "the top of the file" : String($0.title.dropLast()) }
        if !elsewhere.isEmpty { return "it belongs in \(elsewhere.joined(separator: " or "))" }
        return "the keys here are \(keys.joined(separator: ", "))"
    }
}
