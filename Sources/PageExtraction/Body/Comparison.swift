/// A text made ready to be compared with another: its words in lower case, without signs.
struct Comparison {
    let words: [UInt64]

    init(_ text: String) { words = HashedWords(text).words }

    /// Whether it is that title, or nearly.
    func isTitle(_ title: Comparison) -> Bool {
        if words.isEmpty || title.words.isEmpty { return false }
        if words == title.words { return true }
        // The part before the site's name, or a headline that the page cut.
        guard words.count >= 4, title.words.count >= 4 else { return false }
        let shorter = min(words.count, title.words.count)
        let common = zip(words, title.words).prefix { $0 == $1 }.count
        return common == shorter && 10 * shorter >= 7 * max(words.count, title.words.count)
    }

    /// Whether it and a description begin with the same words, as far as the shorter one goes.
    func begins(like other: Comparison) -> Bool {
        let shorter = min(words.count, other.words.count)
        guard shorter >= 5 else { return false }
        let common = zip(words, other.words).prefix { $0 == $1 }.count
        return common >= min(shorter, 12)
    }
}

/// Every three words in a row of a text, as a set of hashes.
struct Shingles {
    private var hashes = Set<UInt64>()

    init(_ text: String) {
        let words = HashedWords(text).words
        guard !words.isEmpty else { return }
        for index in 0..<max(1, words.count - 2) {
            var hash: UInt64 = 0
            for word in words[index..<min(index + 3, words.count)] { hash = hash &* 0x9e37_79b9_7f4a_7c15 &+ word }
            hashes.insert(hash)
        }
    }

    var count: Int { hashes.count }

    func count(in other: Shingles) -> Int { hashes.reduce(0) { $0 + (other.hashes.contains($1) ? 1 : 0) } }
}
