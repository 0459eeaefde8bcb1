import FeedModel
private import Text

extension FetchFailure {
    static let proxyAdvice = "newswire sends a proxy no user and password; name one that wants none"

    /// What a final status without a feed means; nil for those that carry one or say that it is unchanged.
    init?(status: Int, headers: HeaderFields, wasConditional: Bool) {
        switch status {
        case 200, 226: return nil
        case 304:
            if wasConditional { return nil }
            self.init(
                .unexpected304, "the server answered 304 to a request without a condition",
                advice: "the server's cache is broken; tell the publisher")
        case _ where status >= 400 && Self.isChallenge(headers):
            self.init(
                .botChallenge, "a bot challenge answered instead of the feed (status \(status))",
                advice: "ask the publisher to let feed readers through; asking more often makes it worse")
        case 401:
            self.init(.unauthorized, "status 401: credentials are needed", advice: "check the feed's credentials")
        case 403:
            self.init(
                .forbidden, "status 403: the server refuses", advice: "it may be blocking newswire; ask the publisher")
        case 404:
            self.init(.notFound, "status 404: nothing there", advice: "look for the feed's new URL if this lasts")
        case 407:
            self.init(.proxy, "status 407: the proxy wants credentials", advice: Self.proxyAdvice)
        case 410:
            self.init(.gone, "status 410: the feed is gone for good", advice: "remove it, or configure its new URL")
        case 429:
            self.init(.rateLimited, "status 429: too many requests", advice: "poll this host less often")
        case 500...599:
            self.init(.httpStatus, "status \(status): the server has a problem", advice: "it is asked again later")
        case 200...299:
            self.init(.httpStatus, "status \(status), which carries no feed", advice: "check the feed's URL")
        default:
            self.init(.httpStatus, "status \(status)", advice: "check the feed's URL")
        }
    }

    /// Cloudflare's own word for it, on a web page.
    private static func isChallenge(_ headers: HeaderFields) -> Bool {
        headers.first("cf-mitigated")?.lowercased() == "challenge"
            && headers.first("Content-Type").map { MediaType($0).essence } == "text/html"
    }
}
