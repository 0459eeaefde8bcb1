/// Text that goes past the XML parser: it is final, and the parser would only look at each byte again.
///
/// Where it belongs, the markup has a processing instruction, whose event says that the text is due. Instructions of the
/// document itself never reach the parser, so that there are no others. Their names go round, so that texts stay in
/// their places even if an instruction were lost.
struct AsideText {
    /// Shorter texts cost less inside the parser.
    static let shortest = 64
    private static let round = 256
    /// The parser lags behind by less than one push.
    private static let mostWaiting = 1024 * 1024

    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// The number of the first text in `ends`.
    private var first = 0
    /// How many of them have been due.
    private var delivered = 0

    /// Adds what `body` appends as one text, and to the markup the instruction that stands for it. Nothing appended is no
    /// text.
    mutating func add(to markup: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        body(&bytes)
        guard bytes.count > ends.last ?? 0 else { return }
        let name = UInt8((first &+ ends.count) % Self.round)
        ends.append(bytes.count)
        markup.append(UInt8(ascii: "<"))
        markup.append(UInt8(ascii: "?"))
        markup.append(UInt8(ascii: "a") &+ name >> 4)
        markup.append(UInt8(ascii: "a") &+ name & 15)
        markup.append(UInt8(ascii: "?"))
        markup.append(UInt8(ascii: ">"))
    }

    /// Takes the texts of `other`, which goes on empty where they end.
    mutating func take(from other: inout AsideText) {
        if isEmpty {
            swap(&self, &other)
            other.first = first
            other.ends.removeAll(keepingCapacity: true)
            other.bytes.removeAll(keepingCapacity: true)
            other.delivered = 0
        } else if bytes.count < Self.mostWaiting {
            for end in other.ends { ends.append(bytes.count + end) }
            bytes.append(contentsOf: other.bytes)
            other.bytes.removeAll(keepingCapacity: true)
            other.ends.removeAll(keepingCapacity: true)
        } else {
            // The parser has stopped: nothing is called for any more.
            let next = other.first &+ other.ends.count
            self = AsideText()
            other = AsideText()
            first = next
        }
        other.first = first &+ ends.count
    }

    /// Whether all texts have been due.
    var isEmpty: Bool { delivered == ends.count }

    /// The text that the instruction of that name stands for; nil where there is none.
    mutating func due(_ name: UnsafePointer<UInt8>) -> Range<Int>? {
        guard name[0] >= UInt8(ascii: "a"), name[1] >= UInt8(ascii: "a"), name[2] == 0 else { return nil }
        let number = Int(name[0] &- UInt8(ascii: "a")) << 4 | Int(name[1] &- UInt8(ascii: "a"))
        var index = delivered
        while index < ends.count {
            let begin = index == 0 ? 0 : ends[index - 1]
            if (first &+ index) % Self.round == number {
                delivered = index + 1
                return begin..<ends[index]
            }
            index += 1
        }
        return nil
    }
}
