package import FeedModel
import Glibc
import Locking

/// `FeedStateFollower` reads what is remembered of feeds beside the writer, bit by bit: what was read once is not read again
/// as long as the file only grows, and hardly anything of it is kept in memory but where it stands.
///
/// One thread at a time may call `follow`; any may ask a `File` that it has given.
package struct FeedStateFollower {
    /// `Place` is where a feed's state stands in the file. Of very many feeds that is kept, so that it is one number: 40 bits of
    /// where the line begins, and 24 of how long it is.
    package struct Place: Sendable, Hashable {
        private let number: UInt64

        /// Nil for a line that is longer, or further behind, than any that newswire writes.
        init?(offset: UInt64, length: UInt64) {
            guard offset < 1 << 40, length < 1 << 24 else { return nil }
            number = offset << 24 | length
        }

        var offset: UInt64 { number >> 24 }
        var length: Int { Int(number & 0xff_ffff) }
    }

    /// `File` is the file of states as it was followed last. What its places name stays in it, also where the writer has
    /// put another file in its place.
    package struct File: Sendable {
        fileprivate let file: OpenFile
        /// The states that were read last, as whoever looks at a list of feeds looks at it again.
        private let recent = Locked<[Place: FeedState]>([:])
        /// So many of them are kept, each of a few kilobytes.
        static let mostRecent = 128

        fileprivate init(_ file: OpenFile) {
            self.file = file
        }

        /// Reads a state; nil where it is not whole.
        package func state(at place: Place) throws(StoreError) -> FeedState? {
            if let known = recent.withLock({ $0[place] }) { return known }
            let bytes = try file.read(place.length, at: place.offset)
            guard let state = bytes.withUnsafeBytes({ FeedStates.entry($0)?.state }) else { return nil }
            recent.withLock { recent in
                if recent.count >= Self.mostRecent { recent.removeAll(keepingCapacity: true) }
                recent[place] = state
            }
            return state
        }
    }

    private let path: String
    private var followed: (file: File, device: UInt64, inode: UInt64)?
    /// All before this was read.
    private var end: UInt64 = 0

    /// - Parameter store: the store's folder, which need not be there yet.
    package init(store: String) {
        path = "\(store)/state/feeds.jsonl"
    }

    /// The file that the last `follow` has read; nil where there was none.
    package var file: File? { followed?.file }

    /// Reads what has come since the last time.
    ///
    /// - Parameters:
    ///   - begin: called before anything else where the file is another than before: all that was taken is void.
    ///   - take: gets each state; of a feed the last one counts.
    package mutating func follow(
        begin: () -> Void, take: (FeedState, Place) -> Void
    ) throws(StoreError) {
        guard let file = try OpenFile.reading(path) else {
            if followed != nil { begin() }
            (followed, end) = (nil, 0)
            return
        }
        let status = try file.status()
        let (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
        if followed?.device != device || followed?.inode != inode || UInt64(max(0, status.st_size)) < end {
            begin()
            followed = (File(file), device, inode)
            end = 0
        }
        var scanner = LineScanner(file, from: end)
        while let line = try scanner.nextLine() {
            // Half a line is read when it is whole.
            guard line.isEnded else { return }
            end = line.offset + line.length
            guard let place = Place(offset: line.offset, length: line.length), let entry = FeedStates.entry(line.bytes)
            else { continue }
            take(entry.state, place)
        }
    }
}
