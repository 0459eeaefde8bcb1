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
    var files = FileSystem()

    package init(clock: @escaping @Sendable () -> Timestamp) {
        self.clock = clock
    }
}
