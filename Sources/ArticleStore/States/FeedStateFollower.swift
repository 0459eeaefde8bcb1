package import FeedModel
import Glibc

/// `FeedStateFollower` reads what is remembered of feeds beside the writer, bit by bit: what was read once is not read again
/// as long as the file only grows, and nothing of it is kept in memory but where it stands.
///
/// One thread at a time may call `follow`; any may ask a `File` that it has given.
package struct FeedStateFollower {
    /// `Place` is where a feed's state stands in the file.
    package struct Place: Sendable, Equatable {
        let offset: UInt64
        let length: UInt32
    }

    /// `File` is the file of states as it was followed last. What its places name stays in it, also where the writer has
    /// put another file in its place.
    package struct File: Sendable {
        fileprivate let file: OpenFile

        /// Reads a state; nil where it is not whole.
        package func state(at place: Place) throws(StoreError) -> FeedState? {
            let bytes = try file.read(Int(place.length), at: place.offset)
            return bytes.withUnsafeBytes { FeedStates.entry($0)?.state }
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
            followed = (File(file: file), device, inode)
            end = 0
        }
        var scanner = LineScanner(file, from: end)
        while let line = try scanner.nextLine() {
            // Half a line is read when it is whole.
            guard line.isEnded else { return }
            end = line.offset + line.length
            guard let length = UInt32(exactly: line.length), let entry = FeedStates.entry(line.bytes) else { continue }
            take(entry.state, Place(offset: line.offset, length: length))
        }
    }
}
