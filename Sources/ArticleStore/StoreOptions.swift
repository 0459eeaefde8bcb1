package import FeedModel

/// What a store is opened with.
package struct StoreOptions: Sendable {
    /// A segment is sealed before it grows beyond this many bytes; one longer line still gets a segment of its own.
    package var segmentSize: UInt64 = 64 << 20
    /// What `stored_at` is taken from.
    package var clock: @Sendable () -> Timestamp
    var files = FileSystem()

    package init(clock: @escaping @Sendable () -> Timestamp) {
        self.clock = clock
    }
}
