private import Text

/// `FoldTable` knows of each character what kind it is and what it counts as, by a table of its own, so that a token stays
/// the same whatever the toolchain's Unicode is.
///
/// The table is made when it is first asked for, in a few milliseconds.
struct FoldTable: Sendable {
    enum Kind: UInt32 {
        case separator = 0
        /// A letter or a digit.
        case word
        /// One of Latin or Greek, which loses its marks.
        case bareWord
        /// A token of its own.
        case single
        /// It belongs to the character before it.
        case mark
        /// It counts as not there.
        case ignored
    }

    /// What is known of a character.
    struct Entry: Sendable {
        fileprivate(set) var bits: UInt32 = 0

        var kind: Kind { Kind(rawValue: bits >> 24 & 7)! }
        /// The character counts as several ones, of which `scalar` is the index.
        var isExpanded: Bool { bits >> 31 != 0 }
        /// What the character counts as; 0 for itself.
        var scalar: UInt32 { bits & 0x1f_ffff }
    }

    static let shared = FoldTable()

    /// For each 256 characters, which of the pages is theirs.
    private var pageNumbers: [UInt16]
    private var entries: [Entry]
    private var expansions: [[UInt32]] = []
    /// What a mark makes of the character in front of it, by both.
    private var pairs: [UInt64: UInt32] = [:]

    /// Returns what is known of a character.
    @inline(__always)
    subscript(scalar: UInt32) -> Entry {
        entries[Int(pageNumbers[Int(scalar >> 8)]) << 8 | Int(scalar & 0xff)]
    }

    /// Returns the characters that an expanded one counts as.
    func expansion(of entry: Entry) -> [UInt32] { expansions[Int(entry.scalar)] }

    /// Returns what base and mark are as one character; nil where they stay two.
    ///
    /// Syllables of Hangul are put together by rule, as The Unicode Standard does in 3.12.
    func composition(of base: UInt32, _ next: UInt32) -> UInt32? {
        if next >= 0x1161, next <= 0x1175, base >= 0x1100, base <= 0x1112 {
            return 0xac00 + ((base - 0x1100) * 21 + next - 0x1161) * 28
        }
        if next >= 0x11a8, next <= 0x11c2, base >= 0xac00, base <= 0xd7a3, (base - 0xac00).isMultiple(of: 28) {
            return base + next - 0x11a7
        }
        return pairs[UInt64(base) << 32 | UInt64(next)]
    }

    private init() {
        pageNumbers = [UInt16](repeating: 0, count: 0x1100)
        entries = [Entry](repeating: Entry(), count: 256)
        let shared = readKinds()
        for item in Self.items(FoldTableData.folds) { readFold(item, shared: shared) }
        for item in Self.items(FoldTableData.pairs) {
            let (from, to) = Self.halves(item)
            pairs[UInt64(from[0]) << 32 | UInt64(from[1])] = to[0]
        }
    }

    /// Reads the kinds, and returns the pages that several ranges have in common.
    private mutating func readKinds() -> Set<UInt16> {
        // Most ranges fill whole pages, which those of one kind have in common.
        var uniform: [UInt32: UInt16] = [Kind.separator.rawValue: 0]
        var (start, kind): (UInt32, Kind) = (0, .separator)
        func fill(upTo end: UInt32, _ table: inout FoldTable) {
            let entry = Entry(bits: kind.rawValue << 24)
            var scalar = start
            while scalar < end {
                if scalar & 0xff == 0, end - scalar >= 256 {
                    let page = uniform[kind.rawValue] ?? table.addPage(of: entry)
                    uniform[kind.rawValue] = page
                    table.pageNumbers[Int(scalar >> 8)] = page
                    scalar += 256
                    continue
                }
                // The rest of the page is written when the next range is read.
                let pageEnd = min(end, (scalar | 0xff) + 1)
                if scalar & 0xff == 0 {
                    table.pageNumbers[Int(scalar >> 8)] = table.addPage(of: entry)
                } else {
                    for next in scalar..<pageEnd { table.set(next, entry) }
                }
                scalar = pageEnd
            }
        }
        for item in Self.items(FoldTableData.kinds) {
            let next = Self.number(item.dropLast())
            fill(upTo: next, &self)
            start = next
            kind =
                switch item.last {
                case UInt8(ascii: "w"): .word
                case UInt8(ascii: "l"): .bareWord
                case UInt8(ascii: "o"): .single
                case UInt8(ascii: "m"): .mark
                case UInt8(ascii: "i"): .ignored
                default: .separator
                }
        }
        fill(upTo: 0x11_0000, &self)
        return Set(uniform.values)
    }

    private mutating func addPage(of entry: Entry) -> UInt16 {
        entries.append(contentsOf: repeatElement(entry, count: 256))
        return UInt16(entries.count / 256 - 1)
    }

    private mutating func set(_ scalar: UInt32, _ entry: Entry) {
        entries[Int(pageNumbers[Int(scalar >> 8)]) << 8 | Int(scalar & 0xff)] = entry
    }

    private mutating func readFold(_ item: ArraySlice<UInt8>, shared: Set<UInt16>) {
        let (from, to) = Self.halves(item)
        let count = from.count > 1 ? from[1] : 1
        let step = from.count > 2 ? from[2] : 1
        for index in 0..<count {
            let scalar = from[0] + index * step
            var entry = self[scalar]
            // A page that several have in common gets a copy where one of them differs.
            let page = Int(pageNumbers[Int(scalar >> 8)])
            if shared.contains(UInt16(page)) {
                entries.append(contentsOf: entries[page << 8..<(page + 1) << 8])
                pageNumbers[Int(scalar >> 8)] = UInt16(entries.count / 256 - 1)
            }
            if to.count > 1 {
                entry.bits |= 1 << 31 | UInt32(expansions.count)
                expansions.append(to)
            } else {
                entry.bits |= to[0] + index * step
            }
            set(scalar, entry)
        }
    }

    private static func items(_ text: StaticString) -> [ArraySlice<UInt8>] {
        let bytes = Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        return bytes.split { $0 == 0x20 || $0 == 0x0a }
    }

    /// Reads the numbers on both sides of an equals sign.
    private static func halves(_ item: ArraySlice<UInt8>) -> (from: [UInt32], to: [UInt32]) {
        let halves = item.split(separator: UInt8(ascii: "=")).map { half in
            half.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "+") }.map(number)
        }
        return (halves[0], halves[1])
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt32 {
        digits.reduce(0) { $0 << 4 | UInt32($1.hexadecimalValue ?? 0) }
    }
}
