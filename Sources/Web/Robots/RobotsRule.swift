import Text

/// One `Allow` or `Disallow` line: a path in which `*` stands for any text, and `$` at the end for the end of the URL
/// (RFC 9309 §2.2.3).
struct RobotsRule: Sendable, Equatable {
    let allows: Bool
    /// How many bytes it has, as the longest rule counts most specific (RFC 9309 §2.2.2).
    let length: Int
    /// What stands between the stars; the first part begins the path. Neighbouring stars are one.
    private let parts: [[UInt8]]
    /// Whether the last part ends the path.
    private let isAnchored: Bool
    /// No shorter path is matched.
    private let shortest: Int

    /// Nil for an empty path, which matches nothing.
    init?(_ path: some BidirectionalCollection<UInt8>, allows: Bool) {
        if path.isEmpty { return nil }
        self.allows = allows
        isAnchored = path.last == UInt8(ascii: "$")
        let text = isAnchored ? path.dropLast() : path[...]
        let pieces = text.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        var parts = pieces.map { RobotsPath.normalized($0) }
        // A star at the end changes nothing where nothing has to follow.
        if !isAnchored, parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        let last = parts.count - 1
        self.parts = parts.enumerated().filter { $0.offset == 0 || $0.offset == last || !$0.element.isEmpty }
            .map(\.element)
        shortest = parts.reduce(0) { $0 + $1.count }
        length = shortest + pieces.count - 1 + (isAnchored ? 1 : 0)
    }

    /// Tells whether a path that `RobotsPath` has normalised is one of the rule's. Each part is looked for once, from where
    /// the one before ends, so that no number of stars makes it slow.
    func matches(_ path: [UInt8]) -> Bool {
        guard path.count >= shortest, let first = parts.first, path.starts(with: first) else { return false }
        if parts.count == 1 { return !isAnchored || path.count == first.count }
        var place = first.count
        for part in isAnchored ? parts[1..<(parts.count - 1)] : parts[1...] {
            guard let found = Self.end(of: part, in: path, from: place) else { return false }
            place = found
        }
        guard isAnchored, let last = parts.last else { return true }
        return path.count - last.count >= place && path.suffix(last.count).elementsEqual(last)
    }

    /// Where the first occurrence of a part ends. Knuth, Morris and Pratt's way: no byte of the path is looked at again,
    /// whatever the part repeats.
    private static func end(of part: [UInt8], in path: [UInt8], from place: Int) -> Int? {
        if part.isEmpty { return place }
        let borders = borders(of: part)
        var matched = 0
        for index in place..<path.count {
            while matched > 0, part[matched] != path[index] { matched = borders[matched - 1] }
            if part[matched] == path[index] { matched += 1 }
            if matched == part.count { return index + 1 }
        }
        return nil
    }

    /// By each length, how many of the bytes so far are the beginning of the part again.
    private static func borders(of part: [UInt8]) -> [Int] {
        var borders = [Int](repeating: 0, count: part.count)
        var matched = 0
        for index in part.indices.dropFirst() {
            while matched > 0, part[matched] != part[index] { matched = borders[matched - 1] }
            if part[matched] == part[index] { matched += 1 }
            borders[index] = matched
        }
        return borders
    }
}

/// Paths of rules and of URLs in the one form in which they are compared, byte by byte (RFC 9309 §2.2.2).
enum RobotsPath {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// What is percent-encoded and need not be, is not any more; all that cannot stand in a URL is, and so are `*` and `$`
    /// which stand for themselves.
    static func normalized(_ path: some Collection<UInt8>) -> [UInt8] {
        let path = Array(path)
        var result: [UInt8] = []
        result.reserveCapacity(path.count)
        var place = 0
        while place < path.count {
            let byte = path[place]
            if byte == UInt8(ascii: "%"), place + 2 < path.count, let high = path[place + 1].hexadecimalValue,
                let low = path[place + 2].hexadecimalValue
            {
                append(high << 4 | low, wasEncoded: true, to: &result)
                place += 3
            } else {
                append(byte, wasEncoded: false, to: &result)
                place += 1
            }
        }
        return result
    }

    private static func append(_ byte: UInt8, wasEncoded: Bool, to result: inout [UInt8]) {
        let isUnreserved = byte.isASCIIAlphanumeric || "-._~".utf8.contains(byte)
        let mayStand = byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "*") && byte != UInt8(ascii: "$")
        if isUnreserved || !wasEncoded && mayStand {
            result.append(byte)
        } else {
            result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}
