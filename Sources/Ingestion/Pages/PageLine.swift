package import FeedModel
internal import JSONText

/// `PageLine` is all that waits for its page, by feeds, and how far the store has been looked through for it.
///
/// It follows from the store but for the tries: where some of it is lost, the store is looked through from an earlier
/// record, and a page that was had already has its record.
package struct PageLine: Sendable, Equatable {
    /// So many pages may wait in all; beyond that no more are taken in, and they are counted.
    static let mostWaiting = 20_000

    /// All records up to this number have been looked at.
    package internal(set) var seen: UInt64
    package internal(set) var feeds: [FeedIdentifier: FeedPages] = [:]

    package init(seen: UInt64) { self.seen = seen }

    /// Takes up what was kept, as far as the store has it.
    ///
    /// - Parameters:
    ///   - lines: nil where nothing was: then nothing waits, and what comes from here on is looked at.
    ///   - last: the store's last record.
    init(kept lines: [UInt8]?, lastSeq last: UInt64) {
        self = lines.flatMap { PageLine($0) } ?? PageLine(seen: last)
        guard seen > last else { return }
        // An older copy of the articles was put in their place.
        seen = last
        for feed in feeds.keys { change(feed) { $0.forget(after: last) } }
    }

    /// So many pages wait.
    package var count: Int { feeds.values.reduce(0) { $0 + $1.waiting.count } }

    /// Changes what is known of a feed's pages, and forgets it where nothing is.
    mutating func change<Result>(_ feed: FeedIdentifier, _ body: (inout FeedPages) -> Result) -> Result {
        var pages = feeds.removeValue(forKey: feed) ?? FeedPages()
        defer { if !pages.isEmpty { feeds[feed] = pages } }
        return body(&pages)
    }

    /// Forgets feeds.
    mutating func keepFeeds(where isKept: (FeedIdentifier) -> Bool) {
        for feed in feeds.keys where !isKept(feed) { feeds[feed] = nil }
    }

    /// `Next` is a page that may be asked for.
    struct Next: Equatable {
        var feed: FeedIdentifier
        var page: FeedPages.Waiting
    }

    /// Returns the pages to be asked for now, those first that are due longest, one of each host; and when the next one is
    /// due of those that are not.
    ///
    /// - Parameter opens: when a host may be asked: nil while a page of it is being fetched, a time that has passed for now.
    func next(at now: Timestamp, limit: Int, opens: (String) -> Timestamp?) -> (pages: [Next], later: Timestamp?) {
        var due: [(time: Timestamp, next: Next)] = []
        var later: Timestamp?
        for (feed, pages) in feeds {
            for page in pages.waiting {
                guard let open = opens(page.host) else { continue }
                let time = max(pages.due(page, at: now), open)
                if time <= now {
                    due.append((time, Next(feed: feed, page: page)))
                } else {
                    later = later.map { min($0, time) } ?? time
                }
            }
        }
        due.sort { ($0.time, $0.next.page.seq) < ($1.time, $1.next.page.seq) }
        var hosts: Set<String> = []
        var chosen: [Next] = []
        for (_, next) in due where hosts.insert(next.page.host).inserted {
            if chosen.count >= limit { break }
            chosen.append(next)
        }
        return (chosen, later)
    }
}

/// One line of JSON a feed, behind a first line that says how far the store has been looked through.
extension PageLine {
    /// The content of `state/pages`.
    var lines: [UInt8] {
        var json = JSONWriter()
        var bytes: [UInt8] = []
        func end() {
            json.endObject()
            bytes += json.bytes + [UInt8(ascii: "\n")]
            json.removeAll()
        }
        json.beginObject()
        json.member("seen", seen)
        end()
        for (feed, pages) in feeds.sorted(by: { $0.key < $1.key }) {
            json.beginObject()
            json.member("feed", feed.text)
            pages.writeMembers(to: &json)
            end()
        }
        return bytes
    }

    /// Reads what `lines` wrote; nil where the first line is none. A line that is damaged is left out.
    package init?(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        guard let first = lines.first.flatMap({ try? JSONParser.parse(Array($0)).value }),
            let seen = first["seen"]?.integer.flatMap(UInt64.init(exactly:))
        else { return nil }
        self.init(seen: seen)
        for line in lines.dropFirst() {
            guard let json = try? JSONParser.parse(Array(line)).value, let feed = json["feed"]?.string else { continue }
            feeds[FeedIdentifier(feed)] = FeedPages(json)
        }
    }
}

extension FeedPages {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        if refusals > 0 { json.member("refusals", refusals) }
        json.member("paused_until", pausedUntil)
        if probed > 0 {
            json.member("probed", probed)
            json.member("longer", longer)
        }
        json.key("waiting")
        json.beginArray()
        for page in waiting {
            json.beginObject()
            json.member("seq", page.seq)
            json.member("host", page.host)
            json.member("due", page.due)
            if page.tries > 0 { json.member("tries", page.tries) }
            json.member("failure", page.failure?.rawValue)
            json.flag("initial", page.isInitial)
            json.flag("probe", page.isProbe)
            json.endObject()
        }
        json.endArray()
        json.key("ended")
        json.beginArray()
        for end in ended {
            json.beginObject()
            json.member("seq", end.seq)
            json.member("failure", end.failure.rawValue)
            json.member("time", end.time)
            json.endObject()
        }
        json.endArray()
    }

    fileprivate init(_ json: JSONValue) {
        func count(_ value: JSONValue?) -> Int { value?.integer.flatMap { Int(exactly: $0) } ?? 0 }
        func time(_ value: JSONValue?) -> Timestamp? { value?.string.flatMap { Timestamp(rfc3339: $0) } }
        func seq(_ value: JSONValue) -> UInt64? { value["seq"]?.integer.flatMap(UInt64.init(exactly:)) }
        func failure(_ value: JSONValue) -> PageFailure? {
            value["failure"]?.string.flatMap(PageFailure.init(rawValue:))
        }
        refusals = count(json["refusals"])
        pausedUntil = time(json["paused_until"])
        probed = count(json["probed"])
        longer = count(json["longer"])
        waiting = (json["waiting"]?.array ?? []).suffix(Self.mostWaiting).compactMap { json in
            guard let seq = seq(json), let host = json["host"]?.string, let due = time(json["due"]) else { return nil }
            var page = Waiting(seq: seq, host: host, due: due)
            page.tries = count(json["tries"])
            page.failure = failure(json)
            page.isInitial = json["initial"]?.bool ?? false
            page.isProbe = json["probe"]?.bool ?? false
            return page
        }
        ended = (json["ended"]?.array ?? []).suffix(Self.mostEnded).compactMap { json in
            guard let seq = seq(json), let failure = failure(json), let time = time(json["time"]) else { return nil }
            return Ended(seq: seq, failure: failure, time: time)
        }
    }
}
