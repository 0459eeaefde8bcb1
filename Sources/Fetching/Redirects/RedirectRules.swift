import FeedModel
import Web

/// Which redirects are followed (polling.md §9), as a value that one fetch carries along.
struct RedirectRules: Sendable {
    private(set) var hops: [Hop] = []
    private var visited: Set<String>

    init(start: WebURL) {
        visited = [start.text]
    }

    static func isRedirect(status: Int) -> Bool {
        switch status {
        case 301, 302, 303, 307, 308: true
        default: false
        }
    }

    /// The URL to ask next, which is then one of `hops`.
    ///
    /// - Parameters:
    ///   - location: the raw Location header.
    ///   - isAmongPrivate: `Hop.isAmongPrivate`.
    mutating func follow(
        from url: WebURL, status: Int, location: [UInt8]?, limit: Int, isAmongPrivate: Bool
    ) throws(FetchFailure) -> WebURL {
        guard let location, !location.isEmpty else {
            throw FetchFailure(
                .redirect, "the server answered \(status) without saying where the feed is",
                advice: "tell the publisher, or configure the feed's new URL")
        }
        let target: WebURL
        do {
            target = try url.resolving(location)
        } catch .scheme(let scheme) {
            throw FetchFailure(
                .redirect, "redirected to a \(scheme.isEmpty ? "unknown" : scheme): URL, which is not followed",
                advice: "only http and https are followed; configure the feed's new URL")
        } catch .international {
            throw FetchFailure(
                .redirect, "redirected to a host whose name has no form in ASCII",
                advice: "configure the feed's new URL, with its host in the form that begins with xn--")
        } catch {
            throw FetchFailure(.redirect, "redirected to something that is not a URL", advice: "tell the publisher")
        }
        guard visited.insert(target.text).inserted else {
            throw FetchFailure(
                .redirect, "redirected in a circle",
                advice: "the server may want a cookie or a browser; look for another URL of the feed")
        }
        guard hops.count < limit else {
            throw FetchFailure(
                .redirect, "redirected more than \(limit) times", advice: "configure the URL at the end of the chain")
        }
        hops.append(Hop(from: url.text, to: target.text, status: status, isAmongPrivate: isAmongPrivate))
        return target
    }
}
