import Digest

/// Which lines of a file of states are followed by another whole one of the same feed: half of them may be, and telling
/// that takes a fraction of what reading them takes.
struct LatestLines {
    /// A bit for each line.
    private var outdated: [UInt64] = []
    /// Feeds that have a whole line.
    private(set) var feeds = 0

    /// - Parameter file: nobody writes to it as long as this is used.
    init(of file: OpenFile) throws(StoreError) {
        var latest: [UInt64: Int32] = [:]
        var scanner = LineScanner(file, from: 0)
        var number = -1
        while let line = try scanner.nextLine() {
            number += 1
            if number / 64 == outdated.count { outdated.append(0) }
            guard line.isEnded, number < Int(Int32.max), let feed = Self.feed(of: line.bytes) else { continue }
            // A damaged line leaves the one before it in force.
            guard FeedStates.isWhole(line.bytes) else { continue }
            if let before = latest.updateValue(Int32(number), forKey: feed) { mark(Int(before)) }
        }
        feeds = latest.count
    }

    /// Whether the line need not be read; counted from 0.
    func isOutdated(_ line: Int) -> Bool {
        outdated[line / 64] & 1 << UInt64(line % 64) != 0
    }

    private mutating func mark(_ line: Int) {
        outdated[line / 64] |= 1 << UInt64(line % 64)
    }

    /// The hash of the id as it is written at the beginning of a line. Two feeds of one hash cost one of them a poll.
    private static func feed(of line: UnsafeRawBufferPointer) -> UInt64? {
        let start: StaticString = #"{"feed":""#
        let opening = UnsafeBufferPointer(start: start.utf8Start, count: start.utf8CodeUnitCount)
        guard line.starts(with: opening) else { return nil }
        let rest = line[start.utf8CodeUnitCount...]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        // Behind a backslash it may be a quote of the id: such a line is read in any case.
        guard line[end - 1] != UInt8(ascii: "\\") else { return nil }
        return XXH3.hash64(UnsafeRawBufferPointer(rebasing: rest[..<end]))
    }
}
