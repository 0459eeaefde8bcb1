import FeedModel
import FeedParsing
import Glibc

/// Measures how fast feeds are parsed to finished values, in one thread, from memory.
///
///     parsebench [--passes N] FILE...
///     parsebench [--passes N] --root FOLDER --list FILE     a path relative to FOLDER on each line
///     parsebench --memory FILE...
///
/// Each pass prints a line of JSON: bytes read, articles made, CPU seconds, megabytes (10^6) a second, and the peak of
/// resident memory so far. Documents come in pieces of 16 KiB, as a transfer brings them.
///
/// With `--memory` each document prints how much more memory was resident at the highest point of parsing it than just
/// before, result included and the document itself not, and how many times the document's size that is. What an earlier
/// document has left free is not counted, so give each a process of its own.
@main
struct ParseBench {
    private static let pieceBytes = 16 * 1024

    private var passes = 3
    private var measuresMemory = false
    private var root: String?
    private var list: String?
    private var paths: [String] = []

    static func main() {
        var bench = ParseBench()
        guard bench.readArguments() else {
            print("usage: parsebench [--passes N | --memory] [--root FOLDER --list FILE] [FILE...]")
            exit(2)
        }
        if bench.measuresMemory { bench.runForMemory() } else { bench.run() }
    }

    private mutating func readArguments() -> Bool {
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "--passes":
                guard let number = arguments.popFirst().flatMap({ Int($0) }), number > 0 else { return false }
                passes = number
            case "--memory": measuresMemory = true
            case "--root": root = arguments.popFirst()
            case "--list": list = arguments.popFirst()
            default: paths.append(argument)
            }
        }
        if let list, let names = Self.read(list) {
            let folder = root.map { $0 + "/" } ?? ""
            paths += names.split(separator: UInt8(ascii: "\n")).map { folder + String(decoding: $0, as: UTF8.self) }
        }
        return !paths.isEmpty
    }

    private func run() {
        let documents = paths.compactMap(Self.read)
        let bytes = documents.reduce(0) { $0 + $1.count }
        for _ in 0..<passes {
            var articles = 0
            var refused = 0
            let start = Self.cpuSeconds()
            for document in documents {
                switch Self.parse(document) {
                case .feed(let feed): articles += feed.articles.count
                case .notAFeed: refused += 1
                }
            }
            let seconds = Self.cpuSeconds() - start
            let speed = (Double(bytes) / 1e5 / seconds).rounded() / 10
            print(
                "{\"parser\":\"newswire\",\"files\":\(documents.count),\"bytes\":\(bytes),\"items\":\(articles),"
                    + "\"failed\":\(refused),\"cpu_s\":\(seconds),\"mb_s\":\(speed),\"peak_mb\":\(Self.peakMegabytes())}"
            )
        }
    }

    private func runForMemory() {
        // Whatever the first document makes for good.
        _ = Self.parse(Array("<rss><channel><title>x</title><item><title>x</title></item></channel></rss>".utf8))
        for path in paths {
            guard let document = Self.read(path) else { continue }
            let before = PeakMemory.reset()
            let result = Self.parse(document)
            let peak = PeakMemory.kibibytes("VmHWM") - before
            var articles = 0
            if case .feed(let feed) = result { articles = feed.articles.count }
            let times = (Double(peak) * 102_400 / Double(max(1, document.count))).rounded() / 100
            print(
                "{\"file\":\"\(path)\",\"bytes\":\(document.count),\"items\":\(articles),\"peak_kib\":\(peak),"
                    + "\"peak_times_document\":\(times)}")
        }
    }

    private static func parse(_ document: [UInt8]) -> ParseResult {
        var parser = FeedParser(
            context: DocumentContext(url: "https://news.example.org/feeds/all.xml", contentType: "application/xml"))
        document.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                parser.parse(UnsafeRawBufferPointer(rebasing: rest.prefix(pieceBytes)))
                rest = rest.dropFirst(pieceBytes)
            }
        }
        return parser.finish()
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else {
            print("cannot read \(path)")
            return nil
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: piece[..<count])
        }
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func peakMegabytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1024
    }
}
