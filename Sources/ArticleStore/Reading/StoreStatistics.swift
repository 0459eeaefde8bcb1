package import FeedModel
import Glibc

/// `StoreStatistics` holds the sizes and counts of a store, which are gathered without reading all of it.
package struct StoreStatistics: Sendable, Equatable {
    /// How many files the articles are in.
    package var segments = 0
    /// How many bytes those files have.
    package var articleBytes: UInt64 = 0
    /// The number of the first record; nil where there is none.
    package var firstSeq: UInt64?
    /// The number of the last record; 0 where there is none.
    package var lastSeq: UInt64 = 0
    /// When the first record was stored.
    package var firstStored: Timestamp?
    /// When the last record was stored.
    package var lastStored: Timestamp?
    /// How many bytes retention has left of removed records.
    package var identityBytes: UInt64 = 0
    /// How many bytes the index has.
    package var indexBytes: UInt64 = 0
    /// How many articles and further keys the index has, at least; 0 where there is none.
    package var indexEntries: UInt64 = 0
    /// How many records rules have blocked, by what the states of feeds have counted.
    package var blocked: UInt64 = 0
    /// How many feeds have a state.
    package var feeds = 0
    /// How many bytes the file of states has, with lines that are out of date.
    package var stateBytes: UInt64 = 0
    /// How many consumers have a cursor.
    package var consumers = 0
    /// Whether a process has the store open for writing.
    package var isBeingWritten = false
}

extension StoreReader {
    /// Tells the size in bytes of each file that the articles are in, oldest first.
    package func segmentSizes() throws(StoreError) -> [UInt64] {
        var sizes: [UInt64] = []
        for segment in try extent().segments { sizes.append(try Self.size(segment.path)) }
        return sizes
    }

    /// Gathers sizes and counts as they are now. Reads the ends of segments, the names in folders and all feed states.
    package func statistics() throws(StoreError) -> StoreStatistics {
        var result = StoreStatistics()
        let extent = try extent()
        result.isBeingWritten = extent.isPublished
        result.segments = extent.segments.count
        for segment in extent.segments { result.articleBytes += try Self.size(segment.path) }
        result.lastSeq = try lastSeq()
        if result.lastSeq > 0, let first = extent.segments.first {
            result.firstSeq = first.firstSeq
            result.firstStored = try first.firstTime()
            result.lastStored = try lastStored()
        }
        for segment in try Segment.identities(in: directory) { result.identityBytes += try Self.size(segment.path) }
        result.indexBytes = try Self.size(directory.indexFile)
        if let index = try IndexFile(existing: directory.indexFile, writable: false, in: directory, FileSystem()) {
            result.indexEntries = index.header.count
        }
        let states = try states()
        result.feeds = states.count
        result.blocked = states.reduce(0) { $0 &+ $1.blocked }
        result.stateBytes = try Self.size(directory.stateFile)
        result.consumers = try Cursors(directory: directory, FileSystem()).list().count
        return result
    }

    private static func size(_ path: String) throws(StoreError) -> UInt64 { try OpenFile.reading(path)?.size() ?? 0 }
}
