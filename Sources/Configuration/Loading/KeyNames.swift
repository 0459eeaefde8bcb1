/// The keys of each table (contract.md §2), to name the nearest one of a mistyped key.
struct Section {
    /// As it stands in messages: `[fetch]`, or empty for the top of the file.
    var title: String
    var keys: [String]

    init(_ title: String, keys: [String]) {
        self.title = title
        self.keys = keys
    }

    static let root = Section(
        "", keys: ["contact", "include", "fetch", "host", "schedule", "store", "status", "log", "feed"])
    static let includedRoot = Section("", keys: ["include", "host", "feed"])
    static let fetch = Section(
        "[fetch] ",
        keys: [
            "concurrency", "host_concurrency", "host_delay", "connect_timeout", "timeout", "max_body",
            "private_networks", "proxy", "ca_file",
        ])
    static let host = Section(
        "[host] ", keys: ["delay", "concurrency", "pause_scope", "max_age_cap"])
    static let schedule = Section(
        "[schedule] ", keys: ["min_interval", "max_interval", "initial_interval", "max_age_cap"])
    static let store = Section(
        "[store] ", keys: ["directory", "segment_size", "keep", "updates", "duplicates"])
    static let status = Section("[status] ", keys: ["textfile"])
    static let log = Section("[log] ", keys: ["level"])
    static let feed = Section(
        "[[feed]] ",
        keys: [
            "url", "id", "title", "tags", "interval", "user_agent", "headers", "basic_auth", "bearer", "client_cert",
            "proxy", "timeout", "connect_timeout", "max_age_cap", "private_networks", "ca_file", "tls_verify",
            "http2", "keep_alive", "aliases", "updates", "enabled",
        ])
    static let basicAuth = Section("[[feed]] basic_auth.", keys: ["user", "password"])
    static let clientCert = Section("[[feed]] client_cert.", keys: ["cert", "key"])

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
