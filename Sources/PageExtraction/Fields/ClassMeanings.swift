private import Text

/// `ClassMeanings` tells what names of classes and ids say of an element's place in an article: each distinct one is looked
/// at once.
struct ClassMeanings {
    struct Meaning: OptionSet {
        let rawValue: UInt8
        /// The names of authors are in it.
        static let byline = Meaning(rawValue: 1)
        /// A date is in it.
        static let date = Meaning(rawValue: 2)
        /// The date in it is that of a change.
        static let update = Meaning(rawValue: 4)
        /// What is in it belongs to something else than the article, as often as not.
        static let beside = Meaning(rawValue: 8)
        /// What is in it is written by readers.
        static let comments = Meaning(rawValue: 16)
    }

    private let names: NameTable
    private var known: [Meaning?]

    init(_ names: NameTable) {
        self.names = names
        known = Array(repeating: nil, count: names.count)
    }

    /// What its class and its id say together.
    mutating func meaning(of entry: PageTree.Entry) -> Meaning {
        guard entry.element != .text else { return [] }
        return meaning(Int(entry.className)).union(meaning(Int(entry.idName)))
    }

    private mutating func meaning(_ number: Int) -> Meaning {
        guard number > 0 else { return [] }
        if let meaning = known[number] { return meaning }
        var meaning: Meaning = []
        forEachWord(of: names.value(number)) { meaning.formUnion(Self.words[$0] ?? []) }
        known[number] = meaning
        return meaning
    }

    /// Calls `body` with the key of each word: cut at what is no letter or digit, and before capitals behind small letters.
    /// Most words mean nothing, so that no text is made of them.
    private func forEachWord(of value: ArraySlice<UInt8>, _ body: (UInt64) -> Void) {
        var key = Self.emptyKey
        var previous: UInt8 = 0
        for byte in value {
            let isCapital = byte >= 0x41 && byte <= 0x5a
            if isCapital && previous >= 0x61 && previous <= 0x7a || !byte.isASCIIAlphanumeric {
                body(key)
                key = Self.emptyKey
            }
            if byte.isASCIIAlphanumeric { Self.append(byte, to: &key) }
            previous = byte
        }
        body(key)
    }

    /// FNV-1a of the letters in lower case. Two words of one key would have one meaning, which the table's words do not.
    private static func append(_ byte: UInt8, to key: inout UInt64) {
        key = (key ^ UInt64(byte.asciiLowercased)) &* 0x100_0000_01b3
    }

    private static let emptyKey: UInt64 = 0xcbf2_9ce4_8422_2325

    private static let words: [UInt64: Meaning] = {
        let rows: [(Meaning, String)] = [
            (
                .byline,
                """
                byline bylines author authors autor autore autori auteur autoren writer contributor contributors firma
                forfatter skribent redacteur journalist verfasser authorname authorbox authorinfo postauthor
                entryauthor articleauthor authorlink
                """
            ),
            (
                .date,
                """
                date dates time published pubdate posted timestamp dateline datum fecha data dato publication publish
                datetime postdate entrydate postmeta meta byline info
                """
            ),
            (.update, "updated modified update edited lastmod"),
            (.comments, "comment comments commentlist disqus respond reply replies kommentare kommentar"),
            (
                .beside,
                """
                related sidebar teaser teasers recommended recommendations trending popular footer widget newsletter weather
                swiper slider carousel
                """
            ),
        ]
        var words: [UInt64: Meaning] = [:]
        for (meaning, names) in rows {
            for name in names.split(whereSeparator: \.isWhitespace) {
                var key = emptyKey
                for byte in name.utf8 { append(byte, to: &key) }
                words[key, default: []].insert(meaning)
            }
        }
        return words
    }()
}
