package import FeedModel
private import Text

/// `RateLimit` is what a response says of how much its server still allows (polling.md §8).
///
/// Three generations of fields are in use: `RateLimit` with `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers),
/// `RateLimit-Remaining` with `RateLimit-Reset` before that, and `X-RateLimit-…`, of which each server has its own.
package struct RateLimit: Sendable, Equatable {
    /// Nothing is left for so many seconds; nil where something is, or it is not said.
    package private(set) var exhaustedSeconds: Int?
    /// One request is allowed in so many seconds, by the narrowest policy; nil where none is said.
    package private(set) var quotaSeconds: Int?
    /// The longest time to the next window of which it is not said what is left.
    private var resetSeconds: Int?

    /// Returns for how many seconds a server that has refused the request is to be left alone; nil where it does not say.
    package var secondsAfterRefusal: Int? { exhaustedSeconds ?? resetSeconds ?? quotaSeconds }

    /// Nobody is believed to have nothing left for more seconds than these.
    package static let greatestSeconds = RetryAfter.greatestSeconds
    private static let mostMembers = 20
    /// A number that is as large as this is a time since 1970 in seconds, or in milliseconds.
    private static let firstTime = 1e9
    private static let firstTimeInMilliseconds = 1e12

    /// Reads the header of any response; nil where it says nothing of limits.
    ///
    /// - Parameters:
    ///   - date: the response's Date, which a time of day is compared with.
    ///   - receivedAt: stands in for `date` where the response has none.
    package init?(_ headers: HeaderFields, date: Timestamp?, receivedAt: Timestamp) {
        guard headers.hasName(beginningWith: "RateLimit") || headers.hasName(beginningWith: "X-Rate") else {
            return nil
        }
        let sent = date ?? receivedAt
        for value in headers.all("RateLimit") { read(value, sent) }
        for value in headers.all("RateLimit-Policy") { readPolicy(value) }
        note(
            remaining: headers.first("RateLimit-Remaining"), reset: headers.first("RateLimit-Reset"), sent)
        note(
            remaining: headers.first("X-RateLimit-Remaining"),
            reset: headers.first("X-RateLimit-Reset-After") ?? headers.first("X-RateLimit-Reset"), sent)
        note(remaining: headers.first("X-Rate-Limit-Remaining"), reset: headers.first("X-Rate-Limit-Reset"), sent)
        if exhaustedSeconds == nil, resetSeconds == nil, quotaSeconds == nil { return nil }
    }

    /// `"default";r=50;t=30`, one member a policy; or, before that, `limit=100, remaining=50, reset=30`.
    private mutating func read(_ value: String, _ sent: Timestamp) {
        var (remaining, reset): (String?, String?)
        for member in Self.parts(value, at: ",") {
            let parameters = Self.parameters(member)
            if let left = parameters["r"] { note(remaining: left, reset: parameters["t"], sent) }
            remaining = remaining ?? parameters["remaining"]
            reset = reset ?? parameters["reset"]
        }
        note(remaining: remaining, reset: reset, sent)
    }

    /// `"default";q=100;w=60`; or, before that, `100;w=60`.
    private mutating func readPolicy(_ value: String) {
        for member in Self.parts(value, at: ",") {
            let parameters = Self.parameters(member)
            let bare = Self.parts(member, at: ";").first.map(String.init)
            guard let quota = Self.number(parameters["q"] ?? bare), quota > 0,
                let window = Self.number(parameters["w"]), window > 0
            else { continue }
            let seconds = Int(min((window / quota).rounded(.up), Double(Self.greatestSeconds)))
            quotaSeconds = max(quotaSeconds ?? 0, seconds)
        }
    }

    private mutating func note(remaining: String?, reset: String?, _ sent: Timestamp) {
        guard let seconds = Self.seconds(until: reset, sent), seconds > 0 else { return }
        guard let remaining = Self.number(remaining) else {
            resetSeconds = max(resetSeconds ?? 0, seconds)
            return
        }
        if remaining < 1 { exhaustedSeconds = max(exhaustedSeconds ?? 0, seconds) }
    }

    /// Reads a reset: seconds from the response on, a time since 1970 in seconds or milliseconds, or a date.
    private static func seconds(until reset: String?, _ sent: Timestamp) -> Int? {
        guard let reset else { return nil }
        var seconds: Double
        if let number = number(reset) {
            seconds = number
            if number >= firstTimeInMilliseconds {
                seconds = number / 1000 - Double(sent.seconds)
            } else if number >= firstTime {
                seconds = number - Double(sent.seconds)
            }
        } else if let time = HTTPDate.parse(reset) ?? Timestamp(rfc3339: reset) {
            seconds = Double(time.seconds - sent.seconds)
        } else {
            return nil
        }
        seconds = min(seconds.rounded(.up), Double(greatestSeconds))
        return seconds > 0 ? Int(seconds) : nil
    }

    /// Reads digits, with or without a fraction; nil for anything else, and for what is below 0.
    private static func number(_ text: String?) -> Double? {
        guard let text = text?.trimming(where: { $0 == " " || $0 == "\t" }), (1...20).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: ".") })
        else { return nil }
        return Double(text)
    }

    /// Returns what stands between separators outside of quotes.
    private static func parts(_ value: some StringProtocol, at separator: Character) -> [Substring] {
        var isQuoted = false
        return value.split(maxSplits: mostMembers) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == separator && !isQuoted
        }.prefix(mostMembers).map { Substring($0) }
    }

    /// Returns `key=value` between semicolons, the first of each key.
    private static func parameters(_ member: Substring) -> [String: String] {
        var result: [String: String] = [:]
        for part in parts(member, at: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            let key = pair[0].trimming { $0 == " " || $0 == "\t" }.lowercased()
            if result[key] == nil { result[key] = String(pair[1]) }
        }
        return result
    }
}
