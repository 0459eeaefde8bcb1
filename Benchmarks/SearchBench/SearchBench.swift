import ArticleStore
import FeedModel
import Glibc
import Querying
import SearchIndex

/// Makes the search index of a store with made-up articles, and says how fast that was, how large it is, and how long
/// questions take (web.md §15).
///
///     searchbench DIRECTORY RECORDS [OPTION]...      fills DIRECTORY/store where it has fewer articles, and makes
///                                                    DIRECTORY/index anew
///       --index=NAME       the index is in that folder
///       --keep-index       it is asked alone
///       --go-on            what there is of it stays, as after a crash
///       --span=N           so many records have a file of it together
///       --run=N            so many are taken in at a time
///       --store-only       no index
///       --feeds=N          so many feeds have them (1000): ten come of a feed at a time, of more than 10 000 feeds two
///       --no-questions     none are timed
///       --answers          a line for each of many questions instead of how long they take
///
/// An article has 2 kB of text, words as often as in a language; one in twenty is Chinese. It prints a line of JSON for each
/// figure. Times are processor time, but for those of questions, which are the least and the median of eleven.
///
/// exit: 0, 1 where something went wrong or an article is not found exactly once
@main
struct SearchBench {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let words = arguments.filter { !$0.hasPrefix("--") }
        guard let directory = words.first, let records = words.dropFirst().first.flatMap({ UInt64($0) }) else {
            print("usage: searchbench DIRECTORY RECORDS [OPTION]...")
            exit(64)
        }
        func value(_ name: String) -> String? {
            arguments.first { $0.hasPrefix("--\(name)=") }.map { String($0.dropFirst(name.utf8.count + 3)) }
        }
        mkdir(directory, 0o755)
        // Who goes on takes the store as it is.
        let goesOn = arguments.contains("--go-on")
        let filling = Filling(
            directory: "\(directory)/store", records: records, feeds: value("feeds").flatMap { UInt64($0) } ?? 1000)
        let text = goesOn ? 0 : try filling.run()
        if arguments.contains("--store-only") { return }
        var options = SearchOptions()
        if let span = value("span").flatMap({ UInt64($0) }) { options.spanLength = span }
        if let run = value("run").flatMap({ UInt64($0) }) { options.runLength = run }
        let search = ArticleSearch(
            folder: "\(directory)/\(value("index") ?? "index")", store: "\(directory)/store", options: options
        ) { Filling.end }
        do {
            if !arguments.contains("--keep-index") {
                if !goesOn { try search.discard() }
                try make(search, records)
            }
            if arguments.contains("--answers") {
                let answers = Answers(search: search, records: records)
                var lines = try answers.lines()
                // Damage that is met while it is asked is mended by who follows, and asked again.
                for _ in 0..<3 where !search.standing.isComplete {
                    try make(search, records)
                    lines = try answers.lines()
                }
                lines.forEach { print($0) }
                return
            }
        } catch {
            print("searchbench: \(error)")
            exit(1)
        }
        if arguments.contains("--no-questions") {
            let page = try search.entries(EntryRequest())
            print("{\"newest\":\(page.found.first?.entry.id ?? 0),\"searched_from\":\(page.searchedFrom)}")
            return
        }
        if goesOn { return }
        let bytes = search.standing.bytes
        print("{\"text_bytes\":\(text),\"index_bytes\":\(bytes),\"ratio\":\(Double(bytes) / Double(text))}")
        print("{\"peak_kib\":\(ProcessorTime.peak)}")
        try ask(search)
        print("{\"private_kib_after\":\(ProcessorTime.privateKilobytes)}")
    }

    private static func make(_ search: ArticleSearch, _ records: UInt64) throws {
        var steps = Steps()
        try search.bringUp(
            progress: { done, _ in
                steps.next(done)
                return true
            }, report: { print("searchbench: \($0)") })
        print(
            "{\"indexed\":\(records),\"cpu_s\":\(steps.all),\"articles_s\":\(Int(Double(records) / max(steps.all, 1e-6))),"
                + "\"sealing_cpu_s\":\(steps.sealing),\"longest_run_s\":\(steps.longestRun),"
                + "\"longest_sealing_step_s\":\(steps.longestSealing)}")
    }

    /// What the steps of making an index cost, in processor time.
    private struct Steps {
        private(set) var all = 0.0
        private(set) var sealing = 0.0
        private(set) var longestRun = 0.0
        private(set) var longestSealing = 0.0
        private var done: UInt64 = 0
        private var last = ProcessorTime.now()

        mutating func next(_ done: UInt64) {
            let now = ProcessorTime.now()
            let seconds = now - last
            all += seconds
            // A step that takes in no record seals.
            if done == self.done {
                sealing += seconds
                longestSealing = max(longestSealing, seconds)
            } else {
                longestRun = max(longestRun, seconds)
            }
            (self.done, last) = (done, now)
        }
    }

    private static func ask(_ search: ArticleSearch) throws {
        func time(_ name: String, _ body: () throws -> String) rethrows {
            var times: [Double] = []
            var said = ""
            for _ in 0..<11 {
                let start = ContinuousClock.now
                said = try body()
                times.append(Double((ContinuousClock.now - start).components.attoseconds) / 1e15)
            }
            let first = times[0]
            times.sort()
            print(
                "{\"question\":\"\(name)\",\"least_ms\":\(times[0]),\"median_ms\":\(times[5]),\"first_ms\":\(first),\"found\":\"\(said)\"}"
            )
        }
        func find(
            _ text: String, order: EntryRequest.Order = .newestFirst, counting limit: Int = 1000, offset: Int = 0,
            patience: Duration? = nil
        ) throws -> String {
            var request = EntryRequest()
            request.query = try Query(text, for: .searching)
            request.countLimit = limit
            request.order = order
            request.offset = offset
            request.countPatience = patience
            let page = try search.entries(request)
            return "\(page.found.count) of \(page.count ?? -1)\(page.isCountCut ? "+" : "")"
        }
        func list(_ feeds: Int?) throws -> String {
            var request = EntryRequest()
            request.feeds = feeds.map { count in Set((0..<count).map { FeedIdentifier("feed-\($0)") }) }
            return "\(try search.entries(request).found.count)"
        }
        try time("common word") { try find(Vocabulary.word(3)) }
        try time("middling word") { try find(Vocabulary.word(3000)) }
        try time("rare word") { try find(Vocabulary.word(Vocabulary.count - 5)) }
        try time("phrase") { try find("\"\(Vocabulary.word(20)) \(Vocabulary.word(31))\"") }
        try time("phrase of common words") { try find("\"\(Vocabulary.word(1)) \(Vocabulary.word(2))\"") }
        try time("two words") { try find("\(Vocabulary.word(200)) \(Vocabulary.word(310))") }
        try time("one without another") { try find("\(Vocabulary.word(200)) -\(Vocabulary.word(2))") }
        try time("Chinese of two characters") { try find("土耳") }
        try time("beginning of three letters") { try find("\(Vocabulary.word(3).prefix(3))*") }
        try time("beginning of three letters, rare") { try find("\(Vocabulary.word(3001).prefix(3))*") }
        try time("word in a rare feed") { try find("feed:feed-7 \(Vocabulary.word(3))") }
        try time("one of two words, in a field") {
            try find("title:\(Vocabulary.word(50)) OR body:\(Vocabulary.word(900))")
        }
        try time("not, or, and a feed") {
            try find("-feed:feed-7 (\(Vocabulary.word(40)) OR \(Vocabulary.word(41))) -\(Vocabulary.word(12))")
        }
        try time("page 200") { try find(Vocabulary.word(3), offset: 9950) }
        try time("nothing there") { try find("zzzzqqq") }
        try time("oldest first, common word") { try find(Vocabulary.word(3), order: .oldestFirst) }
        try time("newest 50") { try list(nil) }
        try time("newest 50 of a feed") { try list(1) }
        try time("newest 50 of a tag of 40 feeds") { try list(40) }
        try time("newest 50 of a tag of 900 feeds") { try list(900) }
        try time("count of all entries, by feeds") {
            "\(try search.tally(after: 0, through: .max) { $0.isMultiple(of: 3) }.reduce(0) { $0 + $1.count })"
        }
        try time("phrase, counted as a page does") {
            try find("\"\(Vocabulary.word(20)) \(Vocabulary.word(31))\"", patience: .milliseconds(10))
        }
        try time("all entries") {
            var count = 0
            try search.forEachEntry { _, _, _ in
                count += 1
                return true
            }
            return "\(count)"
        }
    }
}

/// Words that are as often as those of a language: the most frequent one is every fifteenth.
enum Vocabulary {
    static let count = 200_000

    /// The word of a rank, the most frequent first; its letters say which it is.
    static func word(_ rank: Int) -> String {
        let syllables = [
            "ba", "re", "ti", "on", "se", "ma", "lo", "di", "en", "ur", "ka", "vi", "to", "ne", "as", "pe",
        ]
        var text = ""
        var rest = UInt64(rank) &* 2_654_435_761 % 1_048_576
        for _ in 0..<(rank < 300 ? 2 : rank < 5000 ? 3 : 5) {
            text += syllables[Int(rest & 15)]
            rest >>= 4
        }
        return text
    }

    static let words = (0..<count).map { word($0) }

    /// The rank of a number from 0 to 1, by Zipf's law.
    static func rank(_ number: Double) -> Int { min(count - 1, Int(exp(number * log(Double(count)))) - 1) }
}

struct Filling {
    let directory: String
    let records: UInt64
    let feeds: UInt64

    static let end = Timestamp(year: 2026, month: 12, day: 1)

    /// - Returns: how many bytes of text the articles have.
    func run() throws -> UInt64 {
        let clock = StepClock()
        let store = try ArticleStore.open(
            at: directory, options: StoreOptions { clock.time }, report: { print("searchbench: \($0)") })
        defer { store.close() }
        var random = SplitMix(state: 7)
        var bytes: UInt64 = 0
        var number: UInt64 = 1
        while number <= records {
            var commits: [FeedCommit] = []
            for _ in 0..<100 where number <= records {
                let feed = FeedIdentifier("feed-\(random.next() % feeds)")
                var batch: [PendingRecord] = []
                for _ in 0..<(feeds > 10_000 ? 2 : 10) where number <= records {
                    let (record, length) = record(number, feed.text, &random)
                    if number > store.lastSeq { batch.append(record) }
                    bytes += UInt64(length)
                    number += 1
                }
                if !batch.isEmpty { commits.append(FeedCommit(feed: feed, records: batch, state: nil)) }
            }
            clock.time = Self.end.adding(seconds: -Int(records - min(number, records)) * 3)
            if !commits.isEmpty { _ = try store.commit(commits) }
        }
        return bytes
    }

    private func record(_ number: UInt64, _ feed: String, _ random: inout SplitMix) -> (PendingRecord, Int) {
        var body = ""
        var length = 0
        let title = (0..<8).map { _ in Vocabulary.words[Vocabulary.rank(random.fraction())] }.joined(separator: " ")
        length += title.utf8.count
        if number.isMultiple(of: 20) {
            for _ in 0..<680 {
                body.unicodeScalars.append(Unicode.Scalar(0x4e00 + UInt32(Vocabulary.rank(random.fraction()) % 4000))!)
            }
            body += "土耳其"
            length += body.utf8.count
        } else {
            while length < 2048 {
                let word = Vocabulary.words[Vocabulary.rank(random.fraction())]
                length += word.utf8.count + 1
                body += word
                body += length % 400 < 8 ? ".</p><p>" : " "
            }
        }
        let url =
            "https://\(feed).example.org/2026/11/\(number % 28)/\(title.split(separator: " ").prefix(4).joined(separator: "-"))-\(number)"
        let prefix =
            #"{"id":"\#(url)","url":"\#(url)","title":"\#(title)","content_html":"<p>\#(body)</p>","tags":["news"],"#
            + #""authors":[{"name":"Ann Lee"}],"_newswire":{"feed_url":"https://\#(feed).example.org/feed.xml","#
            + #""feed_title":"A feed","feed_tags":["world"],"feed_language":"en""#
        var bytes = [UInt8](repeating: 0, count: 20)
        withUnsafeBytes(of: number.bigEndian) { bytes.replaceSubrange(0..<8, with: $0) }
        let record = PendingRecord(
            prefix: Array(prefix.utf8), uid: ArticleIdentifier(bytes), kind: .new, version: 1, isInitial: false,
            contentHash: ArticleIdentifier(bytes).key)
        return (record, length)
    }
}

struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }
}

/// Read by the store while it commits, set between commits.
final class StepClock: @unchecked Sendable {
    // One thread: commits are made by the one that sets it.
    var time = Filling.end
}

enum ProcessorTime {
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static var privateKilobytes: Int {
        guard let file = fopen("/proc/self/smaps_rollup", "r") else { return 0 }
        defer { fclose(file) }
        var sum = 0
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(
                separator: " ")
            if words.count > 1, words[0].hasPrefix("Private_") { sum += Int(words[1]) ?? 0 }
        }
        return sum
    }

    static var peak: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}
