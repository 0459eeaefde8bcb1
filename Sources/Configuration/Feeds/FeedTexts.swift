import FeedModel

/// `FeedTexts` is what a feed is called and where its document is, among bytes that many feeds share.
///
/// Each text by itself would take some sixty bytes more than it has, of a hundred thousand feeds 25 MB. Whoever asks for one
/// gets it made anew.
struct FeedTexts: Sendable {
    /// A feed's bytes begin with numbers of two bytes each, the lower one first: how long the id is, the URL and the title, where
    /// the host begins behind the header, and how long it is. A byte of flags and the texts follow.
    ///
    /// Nothing that can be configured is too long for that: a path has fewer than 13 000 bytes, and its URL three times as many.
    private enum Number: Int {
        case id, url, title, hostStart, host
    }

    private static let flags = 10
    private static let header = 11

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let hasExplicitID = Flags(rawValue: 1)
        static let hasTitle = Flags(rawValue: 2)
    }

    let block: [UInt8]
    private let start: UInt32

    private init(in block: [UInt8], at start: UInt32) {
        self.block = block
        self.start = start
    }

    /// The texts of one feed, in a block of their own.
    init(id: FeedIdentifier, hasExplicitID: Bool, url: String, hostOrPath: String, title: String?) {
        var packing = Packing()
        packing.add(id: id, hasExplicitID: hasExplicitID, url: url, hostOrPath: hostOrPath, title: title)
        self = packing.finish()[0]
    }

    var id: FeedIdentifier { FeedIdentifier(text(0, self[.id])) }

    var hasExplicitID: Bool { has(.hasExplicitID) }

    var url: String { text(self[.id], self[.url]) }

    var title: String? { has(.hasTitle) ? text(end - self[.title], self[.title]) : nil }

    /// The key of the host that is asked, or the path of the file that is read, which alone begins with a slash.
    var hostOrPath: String { text(self[.hostStart], self[.host]) }

    /// Tells whether `hostOrPath` is a path.
    var isPath: Bool { self[.host] > 0 && block[body + self[.hostStart]] == UInt8(ascii: "/") }

    private subscript(_ number: Number) -> Int {
        let place = Int(start) + 2 * number.rawValue
        return Int(block[place]) | Int(block[place + 1]) << 8
    }

    private func has(_ flag: Flags) -> Bool { Flags(rawValue: block[Int(start) + Self.flags]).contains(flag) }

    /// Where the texts begin.
    private var body: Int { Int(start) + Self.header }

    /// Where they end, counted from their beginning. A host that is written otherwise in the URL is behind that.
    private var end: Int { max(self[.id] + self[.url], self[.hostStart] + self[.host]) + self[.title] }

    private func text(_ offset: Int, _ length: Int) -> String {
        block.withUnsafeBufferPointer { block in
            let start = body + offset
            return String(decoding: UnsafeBufferPointer(rebasing: block[start..<start + length]), as: UTF8.self)
        }
    }
}

extension FeedTexts: Equatable {
    /// Whether the id was given does not count.
    static func == (left: Self, right: Self) -> Bool {
        func said(_ texts: Self) -> (numbers: ArraySlice<UInt8>, hasTitle: Bool, texts: ArraySlice<UInt8>) {
            (
                texts.block[Int(texts.start)..<Int(texts.start) + flags], texts.has(.hasTitle),
                texts.block[texts.body..<texts.body + texts.end]
            )
        }
        return said(left) == said(right)
    }
}

extension FeedTexts {
    /// `Packing` puts the texts of very many feeds into few blocks.
    struct Packing {
        /// So many feeds share a block. However long their texts are, none begins beyond what four bytes can say.
        private static let feeds = 4096

        private var block: [UInt8] = []
        private var starts: [UInt32] = []
        private var packed: [FeedTexts] = []

        /// Adds a feed.
        mutating func add(
            id: FeedIdentifier, hasExplicitID: Bool, url: String, hostOrPath: String, title: String?
        ) {
            if starts.count == Self.feeds { close() }
            starts.append(UInt32(block.count))
            let (idLength, urlLength) = (id.text.utf8.count, url.utf8.count)
            // Most URLs have the host, and those of files the path, as it is here.
            let authority = Self.authority(of: url, hasPrefix: hostOrPath)
            let hostStart = authority.map { idLength + $0 } ?? idLength + urlLength
            for number in [idLength, urlLength, title?.utf8.count ?? 0, hostStart, hostOrPath.utf8.count] {
                block.append(UInt8(truncatingIfNeeded: number))
                block.append(UInt8(truncatingIfNeeded: number >> 8))
            }
            var flags: Flags = hasExplicitID ? .hasExplicitID : []
            if title != nil { flags.insert(.hasTitle) }
            block.append(flags.rawValue)
            block += id.text.utf8
            block += url.utf8
            if authority == nil { block += hostOrPath.utf8 }
            if let title { block += title.utf8 }
        }

        /// Returns the texts of all feeds, in the order in which they were added.
        mutating func finish() -> [FeedTexts] {
            close()
            return packed
        }

        private mutating func close() {
            packed += starts.map { FeedTexts(in: block, at: $0) }
            (block, starts) = ([], [])
        }

        /// Where the authority of a URL begins, which stands behind `://`; nil where it does not begin with that text.
        private static func authority(of url: String, hasPrefix text: String) -> Int? {
            guard let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let rest = url.utf8[colon...]
            guard rest.starts(with: "://".utf8), rest.dropFirst(3).starts(with: text.utf8) else { return nil }
            return url.utf8.distance(from: url.utf8.startIndex, to: colon) + 3
        }
    }
}
