internal import ArgumentParser
internal import ArticleStore
package import FeedModel
internal import FeedParsing
internal import JSONText

/// `DumpFormat` is a form in which articles are printed.
package enum DumpFormat: String, Sendable, CaseIterable {
    case jsonl, jsonfeed, atom, text, brief, tsv

    /// Whether what is printed is one document, which has an end.
    var isDocument: Bool { self == .jsonfeed || self == .atom }

    /// Whether it shows the texts of articles, and not only what they are.
    var hasTexts: Bool { self != .brief && self != .tsv }

    /// Whether it is for people, who want to be told why nothing is printed.
    var isForPeople: Bool { self == .text || self == .brief }
}

extension DumpFormat: ExpressibleByArgument {}

extension DumpFormat {
    /// Returns how articles look in it; nil where records are given as the store has them, which costs no look at them.
    ///
    /// - Parameters:
    ///   - urls: whether brief lines have them.
    ///   - updated: when the newest record was stored.
    ///   - width: columns of the terminal; nil where nothing is cut.
    package func articles(sanitize: Bool, urls: Bool, updated: Timestamp, width: Int?) -> (any ArticleFormat)? {
        switch self {
        case .jsonl: sanitize ? JSONLinesFormat() : nil
        case .jsonfeed: JSONFeedFormat()
        case .atom: AtomFormat(updated: updated)
        case .text: TextFormat()
        case .brief: BriefFormat(urls: urls, width: width)
        case .tsv: TSVFormat()
        }
    }
}

/// `ArticleFormat` is how articles look; what stands before the first and behind the last.
package protocol ArticleFormat: Sendable {
    var prologue: String { get }
    /// - Parameter record: the line of an article.
    mutating func append(_ record: StoredRecord, to bytes: inout [UInt8])
    var epilogue: String { get }
}

extension ArticleFormat {
    package var prologue: String { "" }
    package var epilogue: String { "" }
}

/// Prints records to standard output in a format. Lines that are asked for as they are get copied, without being
/// parsed.
struct ArticlePrinter: ~Copyable {
    private var output = StandardOutput()
    private let sanitize: Bool
    /// Nil where records are printed as the store has them.
    private var format: (any ArticleFormat)?
    private var buffer: [UInt8] = []

    /// - Parameters:
    ///   - urls: whether brief lines have them.
    ///   - updated: when the newest record was stored.
    init(_ format: DumpFormat, sanitize: Bool, urls: Bool, updated: Timestamp) {
        self.sanitize = sanitize
        output.widen()
        self.format = format.articles(
            sanitize: sanitize, urls: urls, updated: updated, width: Terminal.outputWidth)
    }

    mutating func begin() throws(OutputError) {
        if let format { try output.write(Array(format.prologue.utf8)) }
    }

    mutating func print(_ record: TakenRecord) throws {
        guard format != nil else { return try record.withLine { try output.write($0) } }
        let stored = try record.record()
        buffer.removeAll(keepingCapacity: true)
        format?.append(sanitize ? stored.sanitizingHTML() : stored, to: &buffer)
        try output.write(buffer)
    }

    mutating func end() throws(OutputError) {
        if let format { try output.write(Array(format.epilogue.utf8)) }
    }

    /// All of it has been written when this returns; a regular file has it on the disk.
    ///
    /// - Parameter untilTaken: waits until the reader of a pipe has taken all of it.
    mutating func synchronize(untilTaken: Bool) throws(OutputError) {
        try output.synchronize()
        if untilTaken { try output.waitUntilTaken() }
    }
}

/// Lines whose HTML was reduced.
struct JSONLinesFormat: ArticleFormat {
    func append(_ record: StoredRecord, to bytes: inout [UInt8]) {
        var json = JSONWriter()
        record.json.write(to: &json)
        bytes.append(contentsOf: json.finish())
        bytes.append(UInt8(ascii: "\n"))
    }
}

/// `JSONFeedFormat` is one JSON Feed 1.1 document. Items are known by `urn:newswire:UID`, because publishers' ids collide across
/// feeds; what the publisher calls the item is `_newswire.id`.
package struct JSONFeedFormat: ArticleFormat {
    /// Where the document is to be had, and where it goes on; nil for one that has no address.
    package struct Address: Sendable {
        /// Both are whole URLs.
        package var feed: String
        package var next: String?

        package init(feed: String, next: String?) {
            self.feed = feed
            self.next = next
        }
    }

    private var isFirst = true
    private let address: Address?

    package init(at address: Address? = nil) {
        self.address = address
    }

    package var prologue: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("version", "https://jsonfeed.org/version/1.1")
        json.member("title", "newswire")
        json.member("feed_url", address?.feed)
        json.member("next_url", address?.next)
        json.endObject()
        return String(decoding: json.finish().dropLast(), as: UTF8.self) + #","items":["#
    }
    package var epilogue: String { "\n]}\n" }

    package mutating func append(_ record: StoredRecord, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: (isFirst ? "\n" : ",\n").utf8)
        isFirst = false
        var json = JSONWriter()
        item(record).write(to: &json)
        bytes.append(contentsOf: json.finish())
    }

    private func item(_ record: StoredRecord) -> JSONValue {
        let urn = JSONValue.Member(key: "id", value: .string(ArticleURN.urn(record.uid)))
        let changed = record.changing(
            item: { $0.key == "id" ? urn : $0 }, adding: [.init(key: "id", value: record.json["id"] ?? .null)])
        var item = changed.json.object ?? []
        // JSON Feed wants one of the two; a duplicate is a short record.
        if record.contentHTML == nil, record.contentText == nil {
            item.insert(.init(key: "content_text", value: .string(record.summary ?? "")), at: 1)
        }
        return .object(item)
    }
}

/// The name of an article in formats that are read beside other feeds.
enum ArticleURN {
    static func urn(_ uid: ArticleIdentifier?) -> String { "urn:newswire:\(uid?.description ?? "")" }
}

/// `seq stored_at feed kind id url title`, separated by tabs: for `cut`, `awk` and spreadsheets.
///
/// A backslash is `\\`, a tab `\t`, line breaks `\n` and `\r`; other control characters, and those that turn the
/// direction of text, are `\u` with four digits.
struct TSVFormat: ArticleFormat {
    func append(_ record: StoredRecord, to bytes: inout [UInt8]) {
        let fields = [
            record.seq.map { "\($0)" }, record.storedAtText, record.feed?.text, record.kind?.rawValue, record.id,
            record.url, record.title,
        ]
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "\t")) }
            append(field ?? "", to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private func append(_ field: String, to bytes: inout [UInt8]) {
        for scalar in field.unicodeScalars {
            switch scalar.value {
            case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
            case 0x0a: bytes.append(contentsOf: #"\n"#.utf8)
            case 0x0d: bytes.append(contentsOf: #"\r"#.utf8)
            case 0x5c: bytes.append(contentsOf: #"\\"#.utf8)
            case _ where SafeText.isUnsafe(scalar):
                let digits = String(scalar.value, radix: 16)
                bytes.append(contentsOf: (#"\u"# + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}

/// An article as a person reads it: headline, where and when, link, text. Nothing in it can steer a terminal.
struct TextFormat: ArticleFormat {
    func append(_ record: StoredRecord, to bytes: inout [UInt8]) {
        var lines = [SafeText.line(record.title ?? record.url ?? "(no title)")]
        var origin = [record.feedTitle ?? record.feed?.text ?? ""]
        let authors = record.authorNames
        if !authors.isEmpty { origin.append(authors.joined(separator: ", ")) }
        let date = record.publishedText ?? record.modifiedText ?? record.storedAtText
        if let date { origin.append(Self.shown(date)) }
        switch record.kind {
        case .update: origin.append("version \(record.version ?? 0)")
        case .duplicate: origin.append("the same as \(record.duplicateOf ?? 0)")
        case .new: if let other = record.supersedes { origin.append("another feed had it before, as \(other)") }
        case .fulltext: origin.append("the page of \(record.pageOf ?? 0)")
        case .alias, nil: break
        }
        origin += RuleWords.all(of: record)
        lines.append("  " + SafeText.line(origin.joined(separator: " | ")))
        if let url = record.url { lines.append("  " + SafeText.line(url)) }
        let page = PageBeside(record)
        let texts = [
            Self.text(record.summary, isHTML: true), Self.body(record), page.map { "\($0.heading):" },
            page.map { SafeText.lines($0.text) },
        ]
        for text in texts {
            guard let text, !text.isEmpty else { continue }
            lines.append("")
            lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }
        }
        bytes.append(contentsOf: (lines.joined(separator: "\n") + "\n\n").utf8)
    }

    private static func body(_ record: StoredRecord) -> String? {
        text(record.contentHTML, isHTML: true) ?? text(record.contentText, isHTML: false)
    }

    private static func text(_ text: String?, isHTML: Bool) -> String? {
        text.map { SafeText.lines(isHTML ? HTMLText.paragraphs($0) : $0) }
    }

    /// `2026-11-22T08:00:03Z` without what nobody reads.
    static func shown(_ date: String) -> String {
        guard let time = Timestamp(rfc3339: date) else { return date }
        return String(Timestamp(seconds: time.seconds).description.prefix(16)).replacing("T", with: " ") + " UTC"
    }
}
