package import FeedModel
import Glibc

/// Sizes and counts of a store, gathered without reading all of it.
package struct StoreStatistics: Sendable, Equatable {
    package var segments = 0
    package var articleBytes: UInt64 = 0
    /// Nil where there is no record.
    package var firstSeq: UInt64?
    package var lastSeq: UInt64 = 0
    package var firstStored: Timestamp?
    package var lastStored: Timestamp?
    /// What retention has left of removed records.
    package var identityBytes: UInt64 = 0
    package var indexBytes: UInt64 = 0
    /// Articles and further keys in the index, at least; 0 where there is none.
    package var indexEntries: UInt64 = 0
    package var feeds = 0
    package var stateBytes: UInt64 = 0
    package var consumers = 0
    /// A process has it open for writing.
    package var isBeingWritten = false
}

extension StoreReader {
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
        result.feeds = try states().count
        result.stateBytes = try Self.size(directory.stateFile)
        result.consumers = try Cursors(directory: directory, FileSystem()).list().count
        return result
    }

    private static func size(_ path: String) throws(StoreError) -> UInt64 { try OpenFile.reading(path)?.size() ?? 0 }
}
