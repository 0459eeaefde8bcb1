import Glibc

/// A text that equals only what has the same bytes.
///
/// `String` compares and hashes what its characters mean, which takes many times as long where accents are characters of
/// their own: too long for what others wrote.
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

/// The same of several texts.
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
