/// `[fetch]`: how documents are fetched, where a host or a feed says nothing else.
package struct FetchSettings: Sendable, Equatable {
    /// Transfers at a time; 1 to 4096.
    package var concurrency = 64
    /// Transfers at a time to one host; 1 to 256.
    package var hostConcurrency = 1
    /// From start to start of two transfers to one host; up to a day.
    package var hostDelay: Duration = .seconds(2)
    /// Resolving, connecting and TLS together; 1 s to 10 m.
    package var connectTimeout: Duration = .seconds(10)
    /// The whole transfer with its redirects; 1 s to 1 h.
    package var timeout: Duration = .seconds(30)
    /// Bytes of a decoded document; 1 KiB to 2 GiB.
    package var maxBody = 15 << 20
    package var privateNetworks = PrivateNetworks.deny
    /// nil: none, whatever the environment says.
    package var proxy: String?
    /// Absolute path; nil: the system's bundle.
    package var caFile: String?

    package init() {}
}

/// Which addresses of networks that are not public may be connected to (security.md §2).
package enum PrivateNetworks: Sendable, Hashable {
    case deny
    case allow
    /// Only these: each `host:port` (`[v6]:port`) or CIDR (`10.0.0.0/8`); checked for their form.
    case list([String])
}
