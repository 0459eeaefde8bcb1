internal import FeedModel
internal import Text

/// Writes the header of a message (RFC 5322 §2.2): fields whose lines are folded, and text of strangers in them, which
/// brings neither lines nor fields of its own.
struct MailHeader {
    /// Characters of a line, so far as words leave a choice.
    private static let width = 76
    /// Characters of a word that is not taken apart, at most: a line has no more than 998 (RFC 5322 §2.1.1).
    static let longestWord = 900
    /// Bytes of text in one encoded word: with its frame it fits on the line of its field's name.
    private static let encodedBytes = 33

    private(set) var bytes: [UInt8] = []

    /// A field whose value is in ASCII and follows the field's grammar. Its lines are folded at spaces.
    mutating func field(_ name: StaticString, _ value: String) {
        write(name, words: value.split(separator: " "))
    }

    /// A field of free text; none where there is no text.
    ///
    /// - Parameter limit: bytes of the text that are kept.
    mutating func text(_ name: StaticString, _ text: String, limit: Int = 400) {
        let text = Self.line(text, limit: limit)
        if text.isEmpty { return }
        write(name, words: Self.isPlain(text) ? text.split(separator: " ") : Self.encodedWords(text))
    }

    /// A field with an address and the name that is shown for it.
    mutating func mailbox(_ name: StaticString, _ shown: String, _ address: MailAddress) {
        let words = Self.phrase(Self.line(shown, limit: 200))
        write(name, words: words + ["<\(address)>"])
    }

    private mutating func write(_ name: StaticString, words: [Substring]) {
        bytes.append(contentsOf: "\(name):".utf8)
        var column = name.utf8CodeUnitCount + 1
        for (index, word) in words.enumerated() {
            // A field does not begin with an empty line.
            if index > 0, column + 1 + word.utf8.count > Self.width {
                bytes.append(contentsOf: "\r\n".utf8)
                column = 0
            }
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: word.utf8)
            column += 1 + word.utf8.count
        }
        bytes.append(contentsOf: "\r\n".utf8)
    }

    /// A text on one line, in which nothing steers whoever shows it, with single spaces, cut where it is too long.
    static func line(_ text: String, limit: Int) -> String {
        let words = SafeText.line(String(text.prefix(bytes: limit * 4))).split(separator: " ")
        let line = words.joined(separator: " ")
        return line.utf8.count > limit ? "\(line.prefix(bytes: limit - 3))…" : line
    }

    /// Whether a text stands for itself: in ASCII, with words that fit on a line, and none that looks encoded.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && !text.contains("=?")
            && text.split(separator: " ").allSatisfy { $0.utf8.count <= longestWord }
    }

    /// A display name: quoted, or encoded where that does not do.
    private static func phrase(_ text: String) -> [Substring] {
        guard !text.isEmpty else { return [] }
        guard isPlain(text) else { return encodedWords(text) }
        var quoted = "\""
        for character in text {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return (quoted + "\"").split(separator: " ")
    }

    /// A text as encoded words (RFC 2047 §2), whose readers drop the spaces between.
    private static func encodedWords(_ text: String) -> [Substring] {
        var words: [Substring] = []
        var piece: [UInt8] = []
        func end() {
            words.append("=?utf-8?B?\(Base64.string(piece))?=")
            piece = []
        }
        for scalar in text.unicodeScalars {
            if piece.count + UTF8.width(scalar) > encodedBytes { end() }
            piece.append(contentsOf: String(scalar).utf8)
        }
        if !piece.isEmpty { end() }
        return words
    }
}

/// Dates as headers have them (RFC 5322 §3.3).
enum MailDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Parameter time: from 1970 on.
    static func text(_ time: Timestamp) -> String {
        let (year, month, day) = time.civilDay
        let second = Int(time.seconds % 86_400)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[Int(time.seconds / 86_400 % 7)]), \(two(day)) \(months[month - 1]) \(year) "
            + "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)) +0000"
    }
}
