/// The keys of contract.md §2, written down a second time so that one that goes missing is noticed.
enum AllKeys {
    static let root = ["contact", "include"]
    static let fetch = [
        "concurrency", "host_concurrency", "host_delay", "connect_timeout", "timeout", "max_body", "private_networks",
        "proxy", "ca_file",
    ]
    static let host = ["delay", "concurrency", "pause_scope", "max_age_cap"]
    static let schedule = ["min_interval", "max_interval", "initial_interval", "max_age_cap"]
    static let store = ["directory", "segment_size", "keep", "updates", "duplicates"]
    static let status = ["textfile"]
    static let log = ["level"]
    static let feed = [
        "url", "id", "title", "tags", "interval", "user_agent", "headers", "basic_auth", "bearer", "client_cert",
        "proxy", "timeout", "connect_timeout", "max_age_cap", "private_networks", "ca_file", "tls_verify", "http2",
        "keep_alive", "aliases", "updates", "enabled",
    ]
    static let names = Set(root + fetch + host + schedule + store + status + log + feed)
}
