package import FeedModel
import Web

/// `RedirectRules` says which redirects are followed (polling.md §9), as a value that one fetch carries along.
struct RedirectRules: Sendable {
    private(set) var hops: [Redirect] = []
    /// How often each URL was asked.
    private var visits: [String: Int]
    private let mayReturn: Bool

    /// - Parameter mayReturn: a URL may be asked once more, since a cookie that was set there may change the answer.
    init(start: WebURL, mayReturn: Bool = false) {
        visits = [start.text: 1]
        self.mayReturn = mayReturn
    }

    static func isRedirect(status: Int) -> Bool {
        switch status {
        case 301, 302, 303, 307, 308: true
        default: false
        }
    }

    /// Returns the URL to ask next, which is then one of `hops`. Throws where the redirect is not followed.
    ///
    /// - Parameters:
    ///   - location: the raw Location header.
    ///   - isAmongPrivate: `Redirect.isAmongPrivate`.
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
        visits[target.text, default: 0] += 1
        guard visits[target.text] ?? 0 <= (mayReturn ? 2 : 1) else {
            throw FetchFailure(
                .redirect, "redirected in a circle",
                advice: mayReturn
                    ? "the server may want a browser; look for another URL of the feed"
                    : "the server may want a cookie, which cookies = \"session\" keeps for the redirects, or a browser; "
                        + "else look for another URL of the feed")
        }
        guard hops.count < limit else {
            throw FetchFailure(
                .redirect, "redirected more than \(limit) times", advice: "configure the URL at the end of the chain")
        }
        hops.append(Redirect(from: url.text, to: target.text, status: status, isAmongPrivate: isAmongPrivate))
        return target
    }
}

/// `RedirectAdoption` tells whether a permanent redirect has been seen often and long enough to ask its target directly
/// (polling.md §9).
///
/// A value to keep with a feed's state; the user's configuration is never changed by it.
package struct RedirectAdoption: Sendable, Equatable {
    /// So many good polls in a row must have been led to the target.
    package static let pollsNeeded = 5
    /// So many seconds must lie between the first of them and the last.
    package static let secondsNeeded: Int64 = 72 * 3600

    /// Polls are led to this target so far; nil where not every hop to it was permanent, or there is none.
    package var candidate: String?
    /// So many good polls were led there.
    package var count = 0
    /// The first of them was at this time.
    package var since: Timestamp?

    /// Begins with nothing seen.
    package init() {}

    /// Goes on from what was kept with the feed's state.
    package init(candidate: String?, count: Int, since: Timestamp?) {
        self.candidate = candidate
        self.count = count
        self.since = since
    }

    /// Returns the last URL that only permanent hops lead to; nil where there is none, or where the way goes from https
    /// to http.
    package static func target(of hops: [Redirect]) -> String? { lastHop(of: hops)?.to }

    /// Returns the hop that leads to `target`.
    package static func lastHop(of hops: [Redirect]) -> Redirect? {
        var last: Redirect?
        for hop in hops {
            guard hop.isPermanent else { break }
            if isSecure(hop.from), !isSecure(hop.to) { return nil }
            last = hop
        }
        return last
    }

    /// Takes in a poll whose body was read as a feed.
    ///
    /// - Returns: the URL to adopt, once there is reason enough.
    package mutating func afterGoodPoll(hops: [Redirect], at now: Timestamp) -> String? {
        guard let target = Self.target(of: hops) else {
            self = RedirectAdoption()
            return nil
        }
        if target != candidate { self = RedirectAdoption(candidate: target, count: 0, since: now) }
        count = min(count + 1, 1_000_000)
        guard count >= Self.pollsNeeded, let since, now.seconds - since.seconds >= Self.secondsNeeded else {
            return nil
        }
        return target
    }

    private static func isSecure(_ url: String) -> Bool { url.lowercased().hasPrefix("https:") }
}

/// `Redirect` is one redirect that was followed. Its URLs may hold secrets: redact them where they are shown or stored.
package struct Redirect: Sendable, Equatable {
    /// This URL answered with the redirect.
    package let from: String
    /// This URL was asked next.
    package let to: String
    /// The status is 301, 302, 303, 307 or 308.
    package let status: Int
    /// Tells whether none but servers on private addresses, this one and those before it, have led here.
    package let isAmongPrivate: Bool

    /// A redirect is taken to come from a public server where nothing else is said.
    package init(from: String, to: String, status: Int, isAmongPrivate: Bool = false) {
        self.from = from
        self.to = to
        self.status = status
        self.isAmongPrivate = isAmongPrivate
    }

    /// Tells whether the redirect is for good, as 301 and 308 are (RFC 9110 §15.4.2, §15.4.9).
    package var isPermanent: Bool { status == 301 || status == 308 }
}

/// `RedirectDecision` says whether a redirect to another host may be followed, as whoever knows the hosts decides.
package enum RedirectDecision: Sendable {
    case go
    /// The host has asked to be left alone.
    case held
    /// Too many wait for the host, or this one has waited too long.
    case crowded
    /// newswire is stopping.
    case stopped

    /// Why the fetch ends; nil where it goes on.
    ///
    /// - Parameter host: where the redirect leads.
    func failure(host: String) -> FetchFailure? {
        switch self {
        case .go: nil
        case .held:
            FetchFailure(
                .paused, "redirected to \(host), which is to be left alone for now", advice: "it is asked again later")
        case .crowded:
            FetchFailure(
                .paused, "redirected to \(host), for which too many others wait",
                advice: "it is asked again later; a [host.\"\(host)\"] table may allow more requests")
        case .stopped: .cancelled
        }
    }
}
