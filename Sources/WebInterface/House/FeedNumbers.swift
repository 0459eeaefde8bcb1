internal import Digest
package import FeedModel
internal import Locking
private import Text

/// `FeedNumbers` is the numbers by which readers of feeds know feeds, tags and accounts (web.md §7): newsboat reads 32-bit
/// integers, and an id is a text. A number that was given once stays. Any thread may ask.
///
/// The file `numbers` of the state directory has a line for each: `feed`, `tag` or `account`, the number, and the name, in
/// which controls and `%` are written as in a URL.
package final class FeedNumbers: Sendable {
    private enum Kind: String, CaseIterable {
        case feed, tag, account
    }

    private struct Table {
        /// The names of very many feeds.
        private var texts = TextBlock()
        private var names: [UInt32: TextBlock.Place] = [:]
        /// The numbers of names that have another than their own, of which there are hardly any.
        private var strangers: [String: UInt32] = [:]

        func name(_ number: UInt32) -> String? { names[number].map { texts[$0] } }

        func number(of name: String) -> UInt32? {
            let own = FeedNumbers.own(name)
            return self.name(own) == name ? own : strangers[name]
        }

        /// Of all, in no order.
        var entries: [(name: String, number: UInt32)] { names.map { (texts[$0.value], $0.key) } }

        /// False where one of the two is taken already.
        mutating func add(_ name: String, _ number: UInt32) -> Bool {
            guard number > 0, number <= FeedNumbers.largest, self.number(of: name) == nil, names[number] == nil,
                let place = texts.add(name)
            else { return false }
            names[number] = place
            if number != FeedNumbers.own(name) { strangers[name] = number }
            return true
        }

        /// The name's own, or the next number that is free. None is 0, which readers take for nothing.
        mutating func give(_ name: String) -> UInt32 {
            var number = FeedNumbers.own(name)
            while !add(name, number) { number = FeedNumbers.next(after: number) }
            return number
        }
    }

    /// The number that a name gets where no other has it: the low bits of its hash.
    private static func own(_ name: String) -> UInt32 {
        var text = name
        return UInt32(truncatingIfNeeded: text.withUTF8 { XXH3.hash64(UnsafeRawBufferPointer($0)) }) & largest
    }

    static let largest = UInt32(Int32.max)

    /// Behind the largest comes 1.
    static func next(after number: UInt32) -> UInt32 { number >= largest ? 1 : number + 1 }

    /// A million feeds have less.
    private static let fileBytes = 256 << 20

    private let file: StateFile
    private let tables: Locked<[Kind: Table]>

    /// Reads the file.
    ///
    /// - Parameter report: told of what is damaged there, which loses numbers and nothing else.
    package init(stateDirectory: String, report: (String) -> Void) throws(WebFailure) {
        file = StateFile(path: "\(stateDirectory)/numbers")
        try StateFile.makeFolder(stateDirectory)
        let bytes = try file.read(limit: Self.fileBytes) ?? []
        var tables: [Kind: Table] = [:]
        var damaged = 0
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if let (kind, number, name) = Self.entry(rest[..<end]), tables[kind, default: Table()].add(name, number) {
            } else {
                damaged += 1
            }
            rest = rest[(end + 1)...]
        }
        // What a kill has left of a line is none.
        if !rest.isEmpty { damaged += 1 }
        if damaged > 0 {
            report("\(file.path): \(damaged) lines are damaged; what they named gets its numbers anew")
            try file.replace(with: Self.text(of: tables))
        }
        self.tables = Locked(tables)
    }

    /// Returns the numbers of feeds, each from 1 to 2³¹ - 1, and keeps those that are given for the first time.
    package func numbers(of feeds: [FeedIdentifier]) throws(WebFailure) -> [UInt32] {
        try numbers(.feed, feeds.map(\.text))
    }

    /// Returns the feed of that number; nil where it has been given to none.
    package func feed(_ number: UInt32) -> FeedIdentifier? {
        tables.withLock { $0[.feed]?.name(number) }.map { FeedIdentifier($0) }
    }

    /// Returns the numbers of tags, by which categories are known. Tags that differ in case alone have one.
    package func numbers(ofTags tags: [String]) throws(WebFailure) -> [UInt32] {
        try numbers(.tag, tags.map { TagKey($0).text })
    }

    /// Returns the number of an account.
    package func number(ofAccount account: String) throws(WebFailure) -> UInt32 {
        // As many as were asked for.
        try numbers(.account, [account])[0]
    }

    private func numbers(_ kind: Kind, _ names: [String]) throws(WebFailure) -> [UInt32] {
        let file = file
        return try tables.withLock { tables throws(WebFailure) in
            var table = tables[kind] ?? Table()
            var lines: [UInt8] = []
            let numbers = names.map { name in
                if let known = table.number(of: name) { return known }
                let number = table.give(name)
                Self.append(kind, number, name, to: &lines)
                return number
            }
            // One that could be another after a restart is not given.
            if !lines.isEmpty { try file.append(lines) }
            tables[kind] = table
            return numbers
        }
    }

    private static func entry(_ line: ArraySlice<UInt8>) -> (Kind, UInt32, String)? {
        let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = Kind(rawValue: String(decoding: parts[0], as: UTF8.self)),
            let number = parts[1].decimalNumber().flatMap(UInt32.init(exactly:)),
            let name = PercentEncoding.decoded(parts[2])
        else { return nil }
        return (kind, number, String(decoding: name, as: UTF8.self))
    }

    private static func append(_ kind: Kind, _ number: UInt32, _ name: String, to lines: inout [UInt8]) {
        lines += "\(kind.rawValue) \(number) ".utf8
        for byte in name.utf8 {
            if byte < 0x20 || byte == 0x7f || byte == UInt8(ascii: "%") {
                PercentEncoding.append(byte, to: &lines)
            } else {
                lines.append(byte)
            }
        }
        lines.append(UInt8(ascii: "\n"))
    }

    private static func text(of tables: [Kind: Table]) -> [UInt8] {
        var lines: [UInt8] = []
        for kind in Kind.allCases {
            for (name, number) in tables[kind]?.entries.sorted(by: { $0.name < $1.name }) ?? [] {
                append(kind, number, name, to: &lines)
            }
        }
        return lines
    }
}
