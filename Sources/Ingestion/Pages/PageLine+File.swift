internal import Digest
internal import FeedModel
internal import JSONText

/// `WaitingPagesFile` is what `state/pages` has: what of it is whole, and what is wrong with the rest.
///
/// Each line ends with a checksum over itself, and the first one says how many follow, so that neither a line that was
/// changed nor an end that is missing goes unseen. Lines of an earlier newswire have no checksum.
package struct WaitingPagesFile: Sendable {
    /// Nil where nothing says how far the store has been looked through.
    package private(set) var line: PageLine?
    /// What is wrong, a part of a sentence each; empty where all is whole.
    package private(set) var damage: [String] = []

    /// Reads the file's bytes.
    package init(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        var contents = PageLine(seen: 0)
        var broken: [Int] = []
        var head: (seen: UInt64, lines: Int?)?
        // Where the first line is not whole, the others have to be by themselves.
        var isSummed = true
        for (index, text) in lines.enumerated() {
            let whole = Self.summed(text)
            if index == 0 {
                head = Self.head(whole ?? text)
                isSummed = head == nil || whole != nil || head?.lines != nil
                // What says how many lines follow has been written with a checksum.
                if whole == nil, head?.lines != nil { head = nil }
                if head == nil { broken.append(1) }
            } else if isSummed && whole == nil || !contents.take(whole ?? text) {
                broken.append(index + 1)
            }
        }
        if lines.isEmpty { damage.append("it is empty") }
        if let first = broken.first {
            damage.append(
                broken.count == 1
                    ? "line \(first) is damaged" : "\(broken.count) lines are damaged, the first is \(first)")
        }
        if let wanted = head?.lines, wanted > lines.count - 1 {
            damage.append("\(wanted - lines.count + 1) lines are missing at its end")
        } else if let last = bytes.last, last != UInt8(ascii: "\n"), broken.last != lines.count {
            damage.append("its last line does not end")
        }
        guard let seen = head?.seen ?? contents.lastKnown else { return }
        contents.seen = seen
        line = contents
    }

    private static func head(_ text: ArraySlice<UInt8>) -> (seen: UInt64, lines: Int?)? {
        guard let json = try? JSONParser.parse(Array(text)).value,
            let seen = json["seen"]?.integer.flatMap(UInt64.init(exactly:))
        else { return nil }
        return (seen, json["lines"]?.integer.flatMap { Int(exactly: $0) })
    }

    private static let sumMark = Array(#","xxh3":""#.utf8)
    private static let sumEnd = Array(#""}"#.utf8)

    /// Ends an object that has a member with its checksum, and the line.
    static func end(_ object: [UInt8], to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes += object.dropLast()
        let sum = bytes.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        bytes += sumMark
        Hex.append(sum, to: &bytes)
        bytes += sumEnd + [UInt8(ascii: "\n")]
    }

    /// The object of a line without its checksum; nil where it has none, or another one than it should.
    private static func summed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let length = sumMark.count + 16 + sumEnd.count
        guard line.count > length, line.suffix(sumEnd.count).elementsEqual(sumEnd),
            line.suffix(length).starts(with: sumMark)
        else { return nil }
        let object = line.dropLast(length)
        var sum: [UInt8] = []
        Hex.append(object.withUnsafeBytes { XXH3.hash64($0) }, to: &sum)
        return line.dropLast(sumEnd.count).suffix(16).elementsEqual(sum) ? object + [UInt8(ascii: "}")] : nil
    }
}

extension PageLine {
    /// The content of `state/pages`.
    var lines: [UInt8] {
        var json = JSONWriter()
        var bytes: [UInt8] = []
        func line(_ write: (inout JSONWriter) -> Void) {
            json.beginObject()
            write(&json)
            json.endObject()
            WaitingPagesFile.end(json.bytes, to: &bytes)
            json.removeAll()
        }
        line { json in
            json.member("seen", seen)
            json.member("lines", feeds.count + rests.count)
        }
        for (feed, pages) in feeds.sorted(by: { $0.key < $1.key }) {
            line { json in
                json.member("feed", feed.text)
                pages.writeMembers(to: &json)
            }
        }
        for (host, rest) in rests.sorted(by: { $0.key < $1.key }) {
            line { json in
                json.member("host", host)
                json.member("until", rest.until)
                json.member("failure", rest.failure.rawValue)
            }
        }
        return bytes
    }

    /// Reads what `lines` wrote, as far as it is whole; nil where nothing says how far the store has been looked through.
    package init?(_ bytes: [UInt8]) {
        guard let line = WaitingPagesFile(bytes).line else { return nil }
        self = line
    }

    /// Takes in what a line says; false where it says nothing that is known.
    fileprivate mutating func take(_ line: ArraySlice<UInt8>) -> Bool {
        guard let json = try? JSONParser.parse(Array(line)).value else { return false }
        if let feed = json["feed"]?.string {
            feeds[FeedIdentifier(feed)] = FeedPages(json)
            return true
        }
        guard let host = json["host"]?.string else { return false }
        if let until = json["until"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
            let failure = json["failure"]?.string.flatMap(PageFailure.init(rawValue:))
        {
            rests[host] = Rest(until: until, failure: failure)
        }
        return true
    }

    /// The last record of which something is known.
    fileprivate var lastKnown: UInt64? {
        feeds.values.compactMap { pages in
            (pages.waiting.map(\.seq) + pages.ended.map(\.seq) + pages.givenUp).max()
        }.max()
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
        json.member("initial_up_to", initialUpTo)
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
            if end.tries > 0 { json.member("tries", end.tries) }
            json.endObject()
        }
        json.endArray()
        guard !givenUp.isEmpty else { return }
        json.key("given_up")
        json.beginArray()
        for seq in givenUp { json.integer(seq) }
        json.endArray()
    }

    fileprivate init(_ json: JSONValue) {
        func count(_ value: JSONValue?) -> Int { value?.integer.flatMap { Int(exactly: $0) } ?? 0 }
        func time(_ value: JSONValue?) -> Timestamp? { value?.string.flatMap { Timestamp(rfc3339: $0) } }
        func number(_ value: JSONValue?) -> UInt64? { value?.integer.flatMap(UInt64.init(exactly:)) }
        func failure(_ value: JSONValue) -> PageFailure? {
            value["failure"]?.string.flatMap(PageFailure.init(rawValue:))
        }
        refusals = count(json["refusals"])
        pausedUntil = time(json["paused_until"])
        probed = count(json["probed"])
        longer = count(json["longer"])
        initialUpTo = number(json["initial_up_to"])
        waiting = (json["waiting"]?.array ?? []).suffix(Self.mostWaiting).compactMap { json in
            guard let seq = number(json["seq"]), let host = json["host"]?.string, let due = time(json["due"]) else {
                return nil
            }
            var page = Waiting(seq: seq, host: host, due: due)
            page.tries = count(json["tries"])
            page.failure = failure(json)
            page.isInitial = json["initial"]?.bool ?? false
            page.isProbe = json["probe"]?.bool ?? false
            return page
        }
        ended = (json["ended"]?.array ?? []).suffix(Self.mostEnded).compactMap { json in
            guard let seq = number(json["seq"]), let failure = failure(json), let time = time(json["time"]) else {
                return nil
            }
            return Ended(seq: seq, failure: failure, time: time, tries: count(json["tries"]))
        }
        givenUp = (json["given_up"]?.array ?? []).suffix(Self.mostEnded).compactMap { number($0) }
    }
}
