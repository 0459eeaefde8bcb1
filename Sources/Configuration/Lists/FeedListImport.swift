private import FeedModel
import Glibc

/// `FeedListImport` is a list of feeds of another program, OPML or newsboat's urls file, as `[[feed]]` tables.
package struct FeedListImport: Sendable, Equatable {
    /// The tables load without an error: each URL is there once, with the tags of all its places.
    package var tables: [FeedTable]
    /// The warnings say what was left out or had to be guessed, and in which line.
    package var warnings: [OPMLDocument.Warning]

    /// Tells how many of the warnings are about something that the file has and the tables have not, or may not have.
    package var losses: Int { warnings.count { $0.kind != .mended } }

    /// `Failure` says why a file could not be imported.
    package enum Failure: Error, Sendable, Equatable {
        /// What the system said against reading it.
        case unreadable(String)
        case noList(OPMLDocument.ReadError)
    }

    /// Reads a file of at most 64 MiB, and waits for it.
    ///
    /// - Parameter file: its path, or `-` for standard input.
    package static func read(file: String) throws(Failure) -> Self {
        let bytes: [UInt8]
        do throws(FileReader.Failure) {
            bytes = try FileReader.read(
                file == "-" ? "/dev/stdin" : file, limit: LoadingState.Limit.fileBytes, .stream
            ).bytes
        } catch {
            throw .unreadable(error.message)
        }
        do throws(OPMLDocument.ReadError) {
            return try read(bytes)
        } catch {
            throw .noList(error)
        }
    }

    /// Reads at most 64 MiB. A text that begins with `<` is OPML, everything else is a list of URLs.
    package static func read(_ bytes: [UInt8]) throws(OPMLDocument.ReadError) -> Self {
        guard bytes.count <= LoadingState.Limit.fileBytes else {
            throw OPMLDocument.ReadError(line: 1, message: "is larger than 64 MiB")
        }
        if looksLikeMarkup(bytes) {
            let (tables, warnings) = try OPMLDocument.read(bytes).feedTables()
            return Self(tables: tables, warnings: warnings)
        }
        return urls(bytes)
    }

    private static func looksLikeMarkup(_ bytes: [UInt8]) -> Bool {
        // UTF-16 is never a list of URLs.
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) { return true }
        let start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        return bytes[start...].first { $0 > 0x20 && $0 != 0x7f } == UInt8(ascii: "<")
    }

    private static func urls(_ bytes: [UInt8]) -> Self {
        var collected = CollectedTables()
        URLList.read(bytes) { line, problem in
            func leaveOut(_ reason: String) {
                // A search shows articles of feeds that have lines of their own.
                let kind = line.url.hasPrefix("query:") ? OPMLDocument.Warning.Kind.mended : .leftOut
                collected.warn("\(ListText.named(line.title))was left out: \(reason)", line.number, kind)
            }
            if let problem { return leaveOut("it \(problem)") }
            let url: String
            switch FeedAddress.parse(listed: line.url, { collected.warn($0, line.number, .mended) }) {
            case .web(let address, _): url = address
            case .local(_, let address): url = address
            case .refused(let reason): return leaveOut("the URL \(reason)")
            }
            let title = line.title.map { ListText.cleaned($0, limit: 4096) }
            let table = FeedTable(url: url, title: title, tags: FeedTags(line.tags).list)
            collected.add(table, line: line.number, mayStandAgain: false)
        }
        return Self(tables: collected.tables, warnings: collected.warnings)
    }
}

extension FeedListImport {
    /// `Comparison` tells what of a list a configuration has already.
    package struct Comparison: Sendable {
        /// The tables are of feeds that it has not.
        package var new: [FeedTable] = []
        /// The feeds stand for the tables beside them; a variant is written otherwise, with http for https for example.
        package var known: [(table: FeedTable, feed: FeedConfiguration, isVariant: Bool)] = []
    }

    /// Returns which feeds of the list are new to a configuration, by the rule of contract.md §2.11.
    package func compared(with configuration: Configuration) -> Comparison {
        let feeds = Dictionary(
            configuration.feeds.lazy.map { (FeedIDResolver.looseForm($0.url), $0) },
            uniquingKeysWith: { first, _ in first })
        var result = Comparison()
        for table in tables {
            if let feed = feeds[FeedIDResolver.looseForm(table.url)] {
                result.known.append((table, feed, feed.url != table.url))
            } else {
                result.new.append(table)
            }
        }
        return result
    }
}

/// The tables of a list, each feed once with the tags of all its places.
struct CollectedTables {
    private(set) var tables: [FeedTable] = []
    private(set) var warnings: [OPMLDocument.Warning] = []
    /// Where the first table of each form of a URL is.
    private var indexes: [String: Int] = [:]
    private var lines: [Int] = []

    init(warnings: [OPMLDocument.Warning] = []) {
        self.warnings = warnings
    }

    mutating func warn(_ message: String, _ line: Int, _ kind: OPMLDocument.Warning.Kind) {
        warnings.append(OPMLDocument.Warning(line: line, message: message, kind: kind))
    }

    /// - Parameter mayStandAgain: the same URL in two places is no mistake, as in folders of OPML.
    mutating func add(_ table: FeedTable, line: Int, mayStandAgain: Bool) {
        let form = FeedIDResolver.looseForm(table.url)
        guard let index = indexes[form] else {
            guard tables.count < LoadingState.Limit.feeds else {
                return warn("was left out: there are more than \(LoadingState.Limit.feeds) feeds", line, .leftOut)
            }
            indexes[form] = tables.count
            tables.append(table)
            lines.append(line)
            return
        }
        let first = tables[index]
        tables[index].tags = FeedTags.joined(first.tags, table.tags)
        tables[index].title = first.title ?? table.title
        let shown = URLRedaction.redacted(table.url)
        if first.url != table.url {
            warn(
                "\(shown) is the same feed as \(URLRedaction.redacted(first.url)) in line \(lines[index])", line,
                .mended)
        } else if !mayStandAgain {
            warn("\(shown) is already in line \(lines[index])", line, .mended)
        }
    }
}

/// A text that equals only what has the same bytes.
///
/// `String` compares and hashes what its characters mean, which takes many times as long where accents are characters
/// of their own: too long for what others wrote.
struct ExactText: Hashable {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: Self, right: Self) -> Bool {
        var (left, right) = (left.text, right.text)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard left.count == right.count else { return false }
                guard let start = left.baseAddress, let other = right.baseAddress else { return true }
                return memcmp(start, other, left.count) == 0
            }
        }
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // Ends it, since several may follow each other.
        hasher.combine(0xff as UInt8)
    }
}

/// Texts that equal only texts with the same bytes, in the same order.
struct ExactTexts: Hashable {
    let texts: [String]

    static func == (left: Self, right: Self) -> Bool {
        left.texts.count == right.texts.count
            && zip(left.texts, right.texts).allSatisfy { ExactText($0) == ExactText($1) }
    }

    func hash(into hasher: inout Hasher) {
        for text in texts { ExactText(text).hash(into: &hasher) }
    }
}
