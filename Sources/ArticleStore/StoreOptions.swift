package import FeedModel

/// What a store is opened with.
package struct StoreOptions: Sendable {
    /// A segment is sealed before it grows beyond this many bytes; one longer line still gets a segment of its own.
    package var segmentSize: UInt64 = 64 << 20
    /// Where it is set, a segment is also sealed once its first record is this old: retention removes whole segments, and
    /// a small store fills few.
    package var segmentAge: Duration?
    /// What `stored_at` is taken from.
    package var clock: @Sendable () -> Timestamp
    /// Whether that clock is in doubt: records that are stored meanwhile say so. Asked by the thread that commits.
    package var isClockDoubtful: @Sendable () -> Bool = { false }
    /// As many keys as may wait in memory for the index, about 50 bytes each: of many some share a page of it.
    var indexLag = Self.usualIndexLag
    static let usualIndexLag = 1 << 16
    /// Bytes of articles that may have to be put into the index again when the store is opened after a crash.
    var checkpointDistance: UInt64 = 64 << 20
    /// Told now and then, by any thread, while the index is made from the articles: how many of their bytes are read, of
    /// how many.
    package var progress: @Sendable (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    var files = FileSystem()

    /// The usual options, with a clock of wall time.
    package init(clock: @escaping @Sendable () -> Timestamp) {
        self.clock = clock
    }
}
