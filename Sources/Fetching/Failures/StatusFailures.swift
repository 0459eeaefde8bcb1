import FeedModel
import Text

/// `StatusFacts` is an answer without a feed, as far as the sentence about it depends on it.
struct StatusFacts {
    var status: Int
    var headers = HeaderFields()
    /// The first bytes of the body, decoded.
    var opening: [UInt8] = []
    var wasConditional = false
    /// The scheme of the credentials that were sent; nil for none.
    var credentials: Credentials.Scheme?
    var usesProxy = false
}

extension FetchFailure {
    /// What a final status without a feed means; nil for those that carry one or say that it is unchanged.
    init?(_ facts: StatusFacts) {
        let status = facts.status
        switch status {
        case 200, 226: return nil
        case 304:
            if facts.wasConditional { return nil }
            self.init(
                .unexpected304, "the server answered 304 to a request without a condition",
                advice: "the server's cache is broken; tell the publisher")
            return
        default: break
        }
        if let wall = BrowserWall.recognise(status: status, facts.headers, opening: facts.opening) {
            self = .wall(wall, status: status)
        } else if facts.usesProxy, status == 407 || facts.headers.first("X-Squid-Error") != nil {
            self = .proxy(
                status == 407 ? "status 407: the proxy wants credentials" : "the proxy answered \(status) by itself",
                advice: status == 407 ? Self.proxyCredentials : "ask whoever runs the proxy")
        } else if status == 401 {
            self = .unauthorized(facts)
        } else if status == 403, Self.isExhausted(facts.headers) {
            self.init(
                .rateLimited, "status 403: too many requests, by its rate limit", advice: "poll this host less often")
        } else {
            let row = Self.statuses[status] ?? Self.ofClass(status)
            self.init(row.kind, "status \(status): \(row.message)", advice: row.advice)
        }
    }

    /// The status is 403 at GitHub, among others, where a client has used up what it is allowed.
    private static func isExhausted(_ headers: HeaderFields) -> Bool {
        // The time of day decides how long, and not whether.
        let date = headers.first("Date").flatMap(HTTPDate.parse)
        return RateLimit(headers, date: date, receivedAt: Timestamp(seconds: 0))?.exhaustedSeconds != nil
    }

    private static func proxy(_ message: String, advice: String) -> FetchFailure {
        FetchFailure(.proxy, message, advice: advice)
    }

    /// A page that wants to see a browser (polling.md §8).
    package static func wall(_ wall: BrowserWall, status: Int) -> FetchFailure {
        FetchFailure(
            .botChallenge, "\(wall.message) (status \(status))", advice: wall.advice)
    }

    private typealias Row = (kind: FailureKind, message: String, advice: String)

    private static func row(_ message: String, _ advice: String, _ kind: FailureKind = .httpStatus) -> Row {
        (kind, message, advice)
    }

    private static let later = "it is asked again later"
    private static let noFeed = "this is no feed's answer; check the feed's URL"

    private static let statuses: [Int: Row] = [
        201: row("something was made, and no feed came", noFeed),
        202: row(
            "accepted, and no feed yet: it is still being made, or a challenge waits for a browser",
            "\(later); ask the publisher if this lasts"),
        203: row("a go-between has changed the answer", "ask the publisher for another URL of the feed"),
        204: row("nothing in the answer", "the feed may be empty for now; check the feed's URL if this lasts"),
        205: row("nothing in the answer, and a form to be emptied", noFeed),
        206: row("a part of the feed, although all of it was asked for", "the server is broken; tell the publisher"),
        207: row("an answer of WebDAV", noFeed),
        208: row("an answer of WebDAV", noFeed),
        300: row("the server offers a choice", "configure the URL of one of the choices"),
        305: row("the server wants another proxy, which newswire does not follow", "tell the publisher"),
        306: row("a status that is not in use", "tell the publisher"),
        400: row(
            "the server takes the request for a wrong one",
            "check the feed's URL; it is asked once more without a condition"),
        402: row("the server wants to be paid", "ask the publisher"),
        403: row("the server refuses", "it may be blocking newswire; ask the publisher", .forbidden),
        404: row("nothing there", "look for the feed's new URL if this lasts", .notFound),
        405: row("the server takes no GET there", noFeed),
        406: row(
            "what the server has is none of what the request accepts",
            "write headers = { Accept = \"text/html, application/rss+xml\" } in the feed's [[feed]] table, or look for "
                + "another URL"
        ),
        407: row(
            "a proxy wants credentials, though none is configured", "a proxy on the way answers: check the network",
            .proxy),
        408: row("the server waited too long for the request", later),
        409: row("the request conflicts with something", "check the feed's URL; tell the publisher if this lasts"),
        410: row("the feed is gone for good", "remove it, or configure its new URL", .gone),
        411: row("the server wants a length where there is nothing", "tell the publisher"),
        412: row("a condition that was sent does not hold", "it is asked once more without a condition"),
        413: row("the server takes the request for too large", "check the feed's headers"),
        414: row("the URL is too long for the server", "look for a shorter URL of the feed"),
        415: row("the server does not like a type", "check the feed's headers"),
        416: row("the server takes the request for one of a part", "tell the publisher"),
        417: row("the server cannot do what a header expects", "check the feed's headers"),
        418: row(
            "the server makes fun of robots, or blocks them",
            "ask the publisher to let feed readers through, and name your User-Agent"),
        421: row(
            "this server is not the one for that host's name",
            "try keep_alive = false or http2 = false for the feed; tell the publisher"),
        422: row("the server cannot make anything of the request", "check the feed's URL and its parameters"),
        423: row("what was asked for is locked", "ask the publisher"),
        424: row("something that the server needs has failed", later),
        425: row("too early: the server does not answer on a connection that young", later),
        426: row("the server wants another version of the protocol", "check the URL's scheme; tell the publisher"),
        428: row("the server wants a condition", "tell the publisher: a first request has none"),
        429: row("too many requests", "poll this host less often", .rateLimited),
        431: row(
            "the header of the request is too large for the server",
            "check the feed's headers and credentials; it is asked once more without a condition"),
        444: row("the server hung up on purpose", "it may be blocking newswire; ask the publisher"),
        451: row(
            "the server may not show it for legal reasons", "ask the publisher; elsewhere it may be allowed (proxy)"),
        499: row("a server behind the server was given up", later),
        500: row("the server has a problem of its own", "\(later); tell the publisher if this lasts"),
        501: row("the server cannot do that", "check the feed's URL"),
        502: row("a server in front of the feed's gets no proper answer from it", later),
        503: row("the server has too much to do, or is being repaired", later),
        504: row("a server in front of the feed's gets no answer from it in time", later),
        505: row("the server does not speak this version of HTTP", "try http2 = false for the feed"),
        506: row("the server is set up in a circle", "tell the publisher"),
        507: row("the server has no room left", "\(later); tell the publisher if this lasts"),
        508: row("the server runs in a circle", "tell the publisher"),
        509: row("the site has used up what it may send", "\(later); poll it less often"),
        510: row("the server wants an extension of HTTP", "tell the publisher"),
        511: row(
            "a network on the way wants a login (a captive portal)",
            "log in to this machine's network; the feed is not to blame"),
        520: row("Cloudflare got an answer from the site that it does not understand", later),
        521: row("Cloudflare does not reach the site: it is down", later),
        522: row("Cloudflare does not reach the site in time", later),
        523: row("Cloudflare has no way to the site", "\(later); tell the publisher if this lasts"),
        524: row("Cloudflare reached the site, which did not answer in time", later),
        525: row("Cloudflare has no TLS with the site", "tell the publisher"),
        526: row("the site shows Cloudflare a certificate that is not good", "tell the publisher"),
        527: row("Cloudflare's Railgun has a problem", later),
        529: row("the site is overloaded", later),
        530: row(
            "Cloudflare cannot resolve or show the site", "tell the publisher; is the site somewhere else by now?"),
        598: row("a server behind the server read too slowly", later),
        599: row("a server behind the server connected too slowly", later),
    ]

    private static func ofClass(_ status: Int) -> Row {
        switch status {
        case ..<100: row("no status that HTTP knows", "check that this is a web server's address", .protocolError)
        case 100..<200: row("an answer that is not the last one", "the server is broken; tell the publisher")
        case 200..<300: row("an answer that carries no feed", "check the feed's URL")
        case 300..<400: row("another place, in a way that is not followed", "configure the feed's new URL")
        case 400..<500: row("the server refuses the request", "check the feed's URL; ask the publisher if this lasts")
        case 500..<600: row("the server has a problem", later)
        default: row("no status that HTTP knows", "check that this is a web server's address")
        }
    }

    // MARK: Credentials

    /// What the server wants, as its challenges say: schemes of authentication in lower case, as they come.
    private static func schemes(_ headers: HeaderFields) -> [String] {
        headers.all("WWW-Authenticate").prefix(20).flatMap { value in
            // A scheme stands at the beginning, or behind a comma, and before a space, which no parameter has.
            var isQuoted = false
            let parts = value.split(maxSplits: 50) { character in
                if character == "\"" { isQuoted.toggle() }
                return character == "," && !isQuoted
            }
            return parts.compactMap { part -> String? in
                guard let word = part.split(separator: " ", maxSplits: 1).first, !word.contains("=") else { return nil }
                return word.lowercased()
            }
        }
    }

    private static func unauthorized(_ facts: StatusFacts) -> FetchFailure {
        let wanted = schemes(facts.headers)
        let isSent = facts.credentials != nil
        func failure(_ message: String, _ advice: String) -> FetchFailure {
            FetchFailure(.unauthorized, "status 401: \(message)", advice: advice)
        }
        if let sent = facts.credentials, wanted.isEmpty || wanted.contains(sent.rawValue) {
            return failure(
                "the server refuses the credentials that were sent", "check the feed's credentials (\(sent.key))")
        }
        let but = isSent ? ", and others were sent" : ""
        if wanted.contains("basic") {
            return failure("the server wants user and password (Basic)\(but)", "set basic_auth for the feed")
        }
        if wanted.contains("digest") {
            return failure("the server wants user and password by HTTP Digest\(but)", "set digest_auth for the feed")
        }
        if wanted.contains("bearer") {
            return failure("the server wants a token (Bearer)\(but)", "set bearer for the feed")
        }
        if let scheme = wanted.first(where: { $0 == "negotiate" || $0 == "ntlm" || $0 == "kerberos" }) {
            return failure(
                "the server wants a login of Windows or Kerberos (\(scheme == "ntlm" ? "NTLM" : "Negotiate"))\(but)",
                "newswire cannot do that; ask the publisher for Basic, Digest or a token, or use a proxy that can")
        }
        if let scheme = wanted.first {
            return failure(
                "the server wants credentials of the kind “\(oneLine(String(scheme.prefix(40))))”\(but)",
                "newswire does not know it; a header of your own may help (headers)")
        }
        return failure("credentials are needed", "check the feed's credentials")
    }
}
