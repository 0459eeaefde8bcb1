internal import ArticleStore
internal import FeedModel
internal import Querying

/// `RecordFlags` are what a record is and has, as the index keeps it.
struct RecordFlags: OptionSet {
    let rawValue: Int64

    static let update = RecordFlags(rawValue: 1)
    static let duplicate = RecordFlags(rawValue: 2)
    /// A rule has blocked it.
    static let blocked = RecordFlags(rawValue: 4)
    static let initial = RecordFlags(rawValue: 8)
    /// All versions before it were blocked, and it is not.
    static let released = RecordFlags(rawValue: 16)
    /// It is a copy of what another feed had before, or a version of one.
    static let repeats = RecordFlags(rawValue: 32)
    static let body = RecordFlags(rawValue: 64)
    static let image = RecordFlags(rawValue: 128)
    static let attachment = RecordFlags(rawValue: 256)
    /// `initial`, as `is:initial` means it: no later version is.
    static let saysInitial = RecordFlags(rawValue: 512)
}

/// `RecordTerms` cuts records into what the index holds of them: the words of each text by `Tokenizer`, with one blank
/// between two, and beside them what is compared as a whole, each as a word of its own.
///
/// SQLite's `ascii` tokeniser takes them apart at the blanks again and changes nothing, for they have no capital letters
/// and no other ASCII than letters and digits.
struct RecordTerms {
    /// Stands where two pieces of a text meet, so that no words are beside each other over it. It is part of no word, so
    /// that nobody can ask for it, and not ASCII, so that SQLite takes it for one.
    static let boundary: [UInt8] = Array("\u{b6}".utf8)

    private(set) var title: [UInt8] = []
    private(set) var body: [UInt8] = []
    private(set) var author: [UInt8] = []
    private(set) var url: [UInt8] = []
    private(set) var facets: [UInt8] = []
    private(set) var flags: RecordFlags = []
    /// When the article was published, in milliseconds, where that is not when the record was stored.
    private(set) var dated: Int64?

    /// Takes in a record, in place of the one before.
    ///
    /// - Parameters:
    ///   - original: the record in which the content of a copy stands that was kept without.
    ///   - feedNumber: the number by which the file of the index knows the feed.
    mutating func read(_ record: StoredRecord, original: StoredRecord?, storedAt: Timestamp, feedNumber: Int64) {
        let article = QueriedArticle(record, original: original, now: storedAt)
        var texts = ArticleTexts(article)
        Self.write(texts.title, to: &title)
        Self.write(texts.body, to: &body)
        Self.write(texts.authors, to: &author)
        Self.write(texts.url, to: &url)
        let time = article.believedTime.milliseconds
        dated = time == storedAt.milliseconds ? nil : time
        readFlags(record, article)
        readFacets(article, &texts, feedNumber)
    }

    private mutating func readFlags(_ record: StoredRecord, _ article: QueriedArticle) {
        flags = []
        switch record.kind {
        case .update: flags.insert(.update)
        case .duplicate: flags.formUnion([.duplicate, .repeats])
        case .new, .alias, .fulltext, nil: break
        }
        if record.duplicateOf != nil { flags.insert(.repeats) }
        if record.blockedBy != nil { flags.insert(.blocked) }
        if record.isInitial { flags.insert(.initial) }
        if article.states.contains(.initial) { flags.insert(.saysInitial) }
        if record.isReleased { flags.insert(.released) }
        if article.has(.body) { flags.insert(.body) }
        if article.has(.image) { flags.insert(.image) }
        if article.has(.attachment) { flags.insert(.attachment) }
    }

    private mutating func readFacets(_ article: QueriedArticle, _ texts: inout ArticleTexts, _ feedNumber: Int64) {
        facets.removeAll(keepingCapacity: true)
        facets += Facet.all.bytes
        add(.feed(feedNumber))
        for tag in article.tags { add(.tag(tag)) }
        for category in texts.categories { add(.category(category)) }
        if let host = texts.host {
            add(.host(host))
            let bytes = Array(host.utf8)
            for dot in bytes.indices where bytes[dot] == UInt8(ascii: ".") && dot + 1 < bytes.count {
                add(.host(String(decoding: bytes[(dot + 1)...], as: UTF8.self)))
            }
        }
        if let language = article.article.language ?? article.feedLanguage {
            for surrounding in LanguageTag(language).surroundings { add(.language(surrounding)) }
        }
    }

    /// Adds what only the index knows of it.
    mutating func add(_ facet: Facet) {
        facets.append(0x20)
        facets += facet.bytes
    }

    private static func write(_ text: ArticleTexts.Text, to words: inout [UInt8]) {
        words.removeAll(keepingCapacity: true)
        text.bytes.withUnsafeBufferPointer { bytes in
            for (number, piece) in text.pieces.enumerated() {
                if number > 0 {
                    words.append(contentsOf: boundary)
                    words.append(0x20)
                }
                Tokenizer.scan(UnsafeBufferPointer(rebasing: bytes[piece])) { token, _ in
                    words.append(contentsOf: token)
                    words.append(0x20)
                }
            }
        }
    }
}

/// `Facet` is something of an article that is compared as a whole, as one word of letters and digits.
enum Facet {
    case all
    /// It is a later version of an article that readers are shown.
    case laterVersion
    /// By the number that the file has for it.
    case feed(Int64)
    case tag(TagKey)
    case category(TagKey)
    case host(String)
    case language(String)

    var bytes: [UInt8] {
        switch self {
        case .all: Array("a".utf8)
        case .laterVersion: Array("v".utf8)
        case .feed(let number): Array("f\(number)".utf8)
        case .tag(let tag): Self.word("t", tag.text)
        case .category(let category): Self.word("c", category.text)
        case .host(let host): Self.word("h", host)
        case .language(let language): Self.word("l", language)
        }
    }

    /// The text in hexadecimal digits, whatever is in it. Of a long one only the beginning is kept, as SQLite does with words.
    private static func word(_ kind: StaticString, _ text: String) -> [UInt8] {
        var bytes = Array(UnsafeBufferPointer(start: kind.utf8Start, count: kind.utf8CodeUnitCount))
        let digits = Array("0123456789abcdef".utf8)
        for byte in text.utf8 {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
        return bytes
    }
}
