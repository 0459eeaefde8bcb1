package import FeedModel
internal import JSONText

/// What a store says of the time: when it was last written by a clock that counted, as far as is known.
package struct TimeEvidence: Sendable, Equatable {
    /// The times of its newest record that does not say `clock_doubtful`, and of the last moment at which a writer's
    /// clock counted.
    package var times: [Timestamp] = []
    /// Whether no record was ever stored.
    package var isEmpty = false

    /// Evidence from times that are at hand.
    package init(times: [Timestamp] = [], isEmpty: Bool = false) {
        self.times = times
        self.isEmpty = isEmpty
    }
}

extension StoreReader {
    /// Bytes at the end of the articles in which a record is looked for that says nothing of a doubtful clock.
    private static var reach: UInt64 { 4 << 20 }

    /// Tells what the store says of the time. Reads the end of its last segments.
    package func timeEvidence() throws(StoreError) -> TimeEvidence {
        var evidence = TimeEvidence()
        if let kept = TimeMemory(directory) { evidence.times.append(kept.trusted) }
        let extent = try extent()
        for index in extent.segments.indices.suffix(2).reversed() {
            let segment = extent.segments[index]
            guard let file = try OpenFile.reading(segment.path) else { continue }
            let search = try SegmentSearch(file, segment, limit: extent.limit(of: index))
            if let newest = try search.last(within: Self.reach, \.undoubtedTime) {
                evidence.times.append(newest)
                break
            }
        }
        if extent.segments.isEmpty {
            evidence.isEmpty = try Segment.all(folder: directory.identities).isEmpty
        }
        return evidence
    }
}

/// `state/clock`: when the clock of whoever wrote to the store last counted. Losing it costs a doubt, never an article.
struct TimeMemory {
    let trusted: Timestamp

    init(trusted: Timestamp) {
        self.trusted = trusted
    }

    /// Nil where there is none that can be read.
    init?(_ directory: StoreDirectory) {
        guard let json = SmallFile.json(directory.clockFile), let time = json["trusted"]?.string,
            let trusted = Timestamp(rfc3339: time)
        else { return nil }
        self.trusted = trusted
    }

    func write(to directory: StoreDirectory, _ files: FileSystem) throws(StoreError) {
        var json = JSONWriter()
        json.beginObject()
        json.member("trusted", Timestamp(seconds: trusted.seconds))
        json.endObject()
        try SmallFile.write(json.finish(), to: directory.clockFile, in: directory, files)
    }
}

extension ArticleStore {
    /// Remembers that the clock counts, for the next start. Costs two waits for the disk.
    package func keep(trusted time: Timestamp) throws(StoreError) {
        try TimeMemory(trusted: time).write(to: directory, options.files)
    }
}
