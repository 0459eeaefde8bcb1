internal import Digest
private import Text

/// `ReadBits` has a bit for each record from a number on, which says whether it was read, as the file `read` of an account
/// has them (web.md §10.1):
///
///     file   = "newswire-read 1\n" floor base check bits
///     floor  = what is before it is read        base  = the number of the first bit
///     check  = XXH3-64 of what stands before it          (each a number of 64 bits, little-endian)
///
/// The lowest bit of a byte comes first; bits behind the end of the file are of records that nobody has read.
struct ReadBits: Sendable, Equatable {
    struct Damage: Error, Equatable {
        let reason: String
    }

    private static let magic = Array("newswire-read 1\n".utf8)
    static let headerBytes = magic.count + 24
    /// The store has not had so many records in its life: 8 bits a byte.
    static let fileBytes = 512 << 20

    let base: UInt64
    private(set) var bytes: [UInt8] = []

    init(base: UInt64) {
        self.base = base
    }

    private init(base: UInt64, _ bytes: [UInt8]) {
        self.base = base
        self.bytes = bytes
    }

    subscript(seq: UInt64) -> Bool {
        guard seq >= base, let index = Int(exactly: (seq - base) / 8), index < bytes.count else { return false }
        return bytes[index] & Self.bit(seq - base) != 0
    }

    /// The numbers up to one whose bits are others than here.
    ///
    /// - Returns: nil where there are more than `limit`, or where that cannot be told number by number.
    func changes(from other: ReadBits, through last: UInt64, limit: Int) -> [UInt64]? {
        guard base == other.base else { return nil }
        if bytes == other.bytes { return [] }
        var changed: [UInt64] = []
        for index in 0..<max(bytes.count, other.bytes.count) {
            var difference =
                (index < bytes.count ? bytes[index] : 0) ^ (index < other.bytes.count ? other.bytes[index] : 0)
            while difference != 0 {
                let seq = base + UInt64(index) * 8 + UInt64(difference.trailingZeroBitCount)
                difference &= difference - 1
                guard seq <= last else { return changed }
                changed.append(seq)
                if changed.count > limit { return nil }
            }
        }
        return changed
    }

    /// The longest range of numbers from one on that ends where so many bytes in a row are read throughout, or at `last`; nil
    /// where all are read.
    func unread(from first: UInt64, through last: UInt64, gap: Int) -> ClosedRange<UInt64>? {
        guard let start = nextUnread(from: first, through: last) else { return nil }
        var index = Int(clamping: (max(start, base) - base) / 8)
        var read = 0
        while index < bytes.count, read < gap {
            read = bytes[index] == .max ? read + 1 : 0
            index += 1
        }
        // It may begin behind all bits, where nobody has read anything.
        if index >= bytes.count, read < gap { return start...last }
        return start...max(start, min(last, base + UInt64(index - read) * 8 - 1))
    }

    private func nextUnread(from first: UInt64, through last: UInt64) -> UInt64? {
        guard first <= last else { return nil }
        guard first >= base else { return first }
        var seq = first
        while seq <= last {
            let index = Int(clamping: (seq - base) / 8)
            guard index < bytes.count else { return seq }
            // What is before `seq` in its byte does not count.
            let unread = ~bytes[index] & (.max << UInt8((seq - base) % 8))
            if unread != 0 {
                let found = base + UInt64(index) * 8 + UInt64(unread.trailingZeroBitCount)
                return found <= last ? found : nil
            }
            seq = base + UInt64(index + 1) * 8
        }
        return nil
    }

    /// - Returns: the bytes that may have changed.
    mutating func set(_ seqs: [UInt64], _ isRead: Bool) -> Range<Int> {
        var changed: Range<Int>?
        for seq in seqs where seq >= base {
            let index = Int((seq - base) / 8)
            if isRead {
                grow(to: index + 1)
                bytes[index] |= Self.bit(seq - base)
            } else if index < bytes.count {
                bytes[index] &= ~Self.bit(seq - base)
            } else {
                continue
            }
            changed = min(changed?.lowerBound ?? index, index)..<max(changed?.upperBound ?? 0, index + 1)
        }
        return changed ?? 0..<0
    }

    /// - Returns: the bytes that may have changed.
    mutating func set(from first: UInt64, through last: UInt64) -> Range<Int> {
        guard first >= base, first <= last else { return 0..<0 }
        let range = Int((first - base) / 8)..<Int((last - base) / 8) + 1
        grow(to: range.upperBound)
        for index in range {
            // The bits of the byte from `first` on, and up to `last`.
            let low = index == range.lowerBound ? UInt8.max << UInt8((first - base) % 8) : .max
            let high = index == range.upperBound - 1 ? UInt8.max >> UInt8(7 - (last - base) % 8) : .max
            bytes[index] |= low & high
        }
        return range
    }

    /// Takes away whole bytes before a number.
    mutating func cut(before seq: UInt64) {
        guard seq > base else { return }
        let count = (seq - base) / 8
        self = ReadBits(base: base + count * 8, Array(bytes.dropFirst(Int(clamping: count))))
    }

    /// Takes away what is behind a number; false where nothing is.
    mutating func cut(behind last: UInt64) -> Bool {
        let before = bytes
        let count = last < base ? 0 : Int(clamping: (last - base) / 8 + 1)
        if bytes.count > count { bytes.removeSubrange(count...) }
        if count > 0, bytes.count == count { bytes[count - 1] &= UInt8.max >> UInt8(7 - (last - base) % 8) }
        // Bytes without a bit say nothing.
        return before.reduce(0, { $0 + $1.nonzeroBitCount }) != bytes.reduce(0, { $0 + $1.nonzeroBitCount })
    }

    private mutating func grow(to count: Int) {
        if bytes.count < count { bytes.append(contentsOf: repeatElement(0, count: count - bytes.count)) }
    }

    private static func bit(_ distance: UInt64) -> UInt8 { 1 << UInt8(distance % 8) }

    // MARK: - The file

    func file(floor: UInt64) -> [UInt8] {
        var head = Self.magic
        Self.append(floor, to: &head)
        Self.append(base, to: &head)
        Self.append(head.withUnsafeBytes { XXH3.hash64($0) }, to: &head)
        return head + bytes
    }

    /// Reads a file, whatever its end was cut to.
    static func read(_ file: [UInt8]) -> Result<(floor: UInt64, bits: ReadBits), Damage> {
        guard file.starts(with: magic) else {
            let isOurs = file.starts(with: magic.prefix { $0 != 0x20 })
            return .failure(Damage(reason: isOurs ? "it is of another version of newswire-web" : "it is damaged"))
        }
        guard file.count >= headerBytes else { return .failure(Damage(reason: "it is damaged")) }
        let floor = number(file, magic.count)
        let base = number(file, magic.count + 8)
        let check = file[..<(headerBytes - 8)].withUnsafeBytes { XXH3.hash64($0) }
        guard number(file, headerBytes - 8) == check, base > 0, floor >= base else {
            return .failure(Damage(reason: "it is damaged"))
        }
        return .success((floor, ReadBits(base: base, Array(file[headerBytes...]))))
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * shift))) }
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(bytes[offset + $1]) }
    }
}
