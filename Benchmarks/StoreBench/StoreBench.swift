import ArticleStore
import Digest
import FeedModel
import Glibc

/// Fills a store with made-up articles of a given length, as fast as it takes them, and says how fast that was.
///
///     storebench DIRECTORY RECORDS [--bytes 2048] [--group 1000] [--feeds 1000] [--days 1000] [--keys 3]
///     storebench hash MEGABYTES      BLAKE2b alone, over that much memory
///
/// The articles are spread over so many days up to now, and over so many feeds; each has so many keys beside its
/// identity. Prints one line of JSON.
@main
struct StoreBench {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "hash" { return hash(megabytes: Int(arguments.dropFirst().first ?? "") ?? 1000) }
        let words = arguments.filter { !$0.hasPrefix("--") }
        guard let directory = words.first, let records = words.dropFirst().first.flatMap({ UInt64($0) }) else {
            print("usage: storebench DIRECTORY RECORDS [--bytes N] [--group N] [--feeds N] [--days N] [--keys N]")
            exit(64)
        }
        func option(_ name: String, _ standard: UInt64) -> UInt64 {
            arguments.compactMap { $0.hasPrefix("--\(name)=") ? UInt64($0.dropFirst(name.count + 3)) : nil }.last
                ?? standard
        }
        try Filling(
            directory: directory, records: records, bytes: Int(option("bytes", 2048)), group: option("group", 1000),
            feeds: option("feeds", 1000), days: option("days", 1000), keys: option("keys", 3)
        ).run()
    }

    static func hash(megabytes: Int) {
        let block = [UInt8](repeating: 0x5a, count: 1 << 20)
        var digest = MessageDigest(.blake2b512)
        let start = ContinuousClock.now
        for _ in 0..<megabytes { digest.update(block) }
        _ = digest.finish()
        let seconds = (ContinuousClock.now - start).seconds
        print("{\"megabytes\":\(megabytes),\"s\":\(seconds),\"mb_s\":\(Double(megabytes) * 1.048576 / seconds)}")
    }
}

struct Filling {
    let directory: String
    let records: UInt64
    let bytes: Int
    let group: UInt64
    let feeds: UInt64
    let days: UInt64
    let keys: UInt64

    func run() throws {
        var second = timespec()
        clock_gettime(CLOCK_REALTIME, &second)
        let now = Int64(second.tv_sec)
        let clock = StepClock()
        let store = try ArticleStore.open(
            at: directory, options: StoreOptions { Timestamp(seconds: clock.seconds) },
            report: { print("storebench: \($0)") })
        let first = store.lastSeq
        let filler = String(repeating: "x", count: max(0, bytes - 620 - (keys == 0 ? 0 : 19 + 35 * Int(keys))))
        var spent = Duration.zero
        var done: UInt64 = 0
        while done < records {
            let count = min(group, records - done)
            clock.seconds = now - Int64((records - done) * days * 86_400 / max(records, 1))
            let end = first + done + count
            let batch = stride(from: first + done, to: end, by: Self.articlesOfPoll).map { start in
                commit(start..<min(start + UInt64(Self.articlesOfPoll), end), filler)
            }
            let start = ContinuousClock.now
            _ = try store.commit(batch)
            spent += ContinuousClock.now - start
            done += count
        }
        let start = ContinuousClock.now
        store.close()
        let closing = (ContinuousClock.now - start).seconds
        print(
            "{\"records\":\(records),\"group\":\(group),\"s\":\(spent.seconds),\"close_s\":\(closing),"
                + "\"records_s\":\(Int(Double(records) / spent.seconds))}")
    }

    /// As many articles come from one feed at a time.
    private static let articlesOfPoll = 25

    private func commit(_ numbers: Range<UInt64>, _ filler: String) -> FeedCommit {
        let name = "feed-\(numbers.lowerBound / UInt64(Self.articlesOfPoll) % feeds)"
        return FeedCommit(
            feed: FeedIdentifier(name), records: numbers.map { record($0, name, filler) },
            state: FeedState(feed: FeedIdentifier(name), url: "https://example.org/\(name).xml"))
    }

    private func record(_ number: UInt64, _ feed: String, _ filler: String) -> PendingRecord {
        var digest = MessageDigest(.sha256)
        digest.update("\(number)")
        let url = "https://\(feed).example.org/\(number)"
        let prefix =
            #"{"id":"\#(url)","url":"\#(url)","title":"Article number \#(number)","content_html":"\#(filler)","#
            + #""_newswire":{"feed_url":"https://example.org/\#(feed).xml","feed_title":"A feed""#
        let uid = ArticleIdentifier(digest.finish())
        let keys = (0..<keys).map { Hash128(high: uid.key.low &+ $0, low: uid.key.high) }
        return PendingRecord(
            prefix: Array(prefix.utf8), uid: uid, kind: .new, version: 1, isInitial: false,
            contentHash: Hash128(high: number, low: ~number), keys: keys)
    }
}

/// Read by the store while it commits, set between commits.
final class StepClock: @unchecked Sendable {
    // One thread: commits are made by the one that sets it.
    var seconds: Int64 = 0
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
