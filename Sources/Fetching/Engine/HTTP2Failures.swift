import FeedModel
import Web

/// `HTTP2Failures` remembers the servers at which HTTP/2 has failed and HTTP/1.1 has worked (polling.md §1). It knows a
/// bounded number of them, each for a month: servers are mended.
struct HTTP2Failures {
    /// By host and port.
    private var hosts: [String: Timestamp] = [:]

    /// The service (`WebURL.service`) learnt first goes where more are to be kept.
    static let most = 4096

    func contains(_ host: String, at now: Timestamp) -> Bool {
        hosts[host].map { FetchRequest.avoidsHTTP2(since: $0, at: now) } ?? false
    }

    mutating func insert(_ host: String, at now: Timestamp) {
        if hosts.count >= Self.most, hosts[host] == nil {
            hosts = hosts.filter { FetchRequest.avoidsHTTP2(since: $0.value, at: now) }
            if hosts.count >= Self.most, let first = hosts.min(by: { $0.value < $1.value }) { hosts[first.key] = nil }
        }
        hosts[host] = now
    }
}
