import Text

/// `MailReply` is what a mail server says to a command (RFC 5321 §4.2): a number, and words for people.
struct MailReply: Equatable {
    /// The answer to QUIT, which libcurl sends behind a refusal, too: it says nothing of the message.
    private static let farewell = 221
    /// Bytes of the words that are kept.
    private static let limit = 500

    private(set) var code: Int
    /// The words of all its lines, as the server sent them.
    private(set) var words: [UInt8] = []
    /// The last line has come.
    private var isComplete = false

    /// - Parameter line: with or without its line end.
    init?(_ line: some Collection<UInt8>) {
        guard let code = Self.code(line) else { return nil }
        self.code = code
        add(line)
    }

    /// Takes the next line that the server sends, which belongs to the reply or begins another.
    mutating func read(_ line: some Collection<UInt8>) {
        if !isComplete, Self.code(line) == code {
            add(line)
        } else if let next = Self(line), next.code != Self.farewell {
            self = next
        }
    }

    private mutating func add(_ line: some Collection<UInt8>) {
        let rest = line.dropFirst(3)
        isComplete = rest.first != UInt8(ascii: "-")
        if !words.isEmpty { words.append(UInt8(ascii: " ")) }
        words.append(contentsOf: rest.dropFirst().prefix(max(0, Self.limit - words.count)))
        while let last = words.last, last.isASCIISpaceOrControl { words.removeLast() }
    }

    private static func code(_ line: some Collection<UInt8>) -> Int? {
        line.count < 3 ? nil : line.prefix(3).decimalNumber()
    }
}
