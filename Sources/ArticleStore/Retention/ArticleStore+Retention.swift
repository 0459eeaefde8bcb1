package import FeedModel

extension ArticleStore {
    /// Removes the oldest segments, as long as all in them was stored before `cutoff`; the last segment always stays.
    ///
    /// Articles go, identities stay: what a segment held of them is durable in `identities` before the segment goes. Takes
    /// about as long as reading what it removes; commits go on meanwhile. One caller at a time.
    ///
    /// - Parameters:
    ///   - force: removes also what a consumer has not had yet, and what is damaged.
    ///   - isDryRun: removes nothing, and says what would be.
    ///   - goesOn: asked before each segment.
    package func expire(
        before cutoff: Timestamp, force: Bool = false, isDryRun: Bool = false, goesOn: () -> Bool = { true }
    ) throws(StoreError) -> RetentionResult {
        let consumers = try Cursors(directory: directory, options.files).list()
        let watch = RetentionGuard(consumers: consumers.map { .init(name: $0.name, seq: $0.seq) })
        let extract = IdentityExtract(directory, options.files)
        var result = RetentionResult()
        let segments = try Segment.all(in: directory)
        for (segment, next) in zip(segments, segments.dropFirst()) where goesOn() {
            // The segment's last record tells in no time that it is too young; all of them are looked at afterwards.
            var newest = try segment.lastTime()
            if newest == nil { newest = try next.firstTime() }
            guard let newest, newest < cutoff else { break }
            let waiting = watch.waiting(for: next.firstSeq - 1)
            if !waiting.isEmpty, !force {
                result.obstacle = .consumers(waiting)
                break
            }
            func accepts(_ contents: IdentityExtract.Contents) -> Bool {
                contents.newest < cutoff && (force || contents.damage == nil)
            }
            let contents =
                isDryRun
                ? try extract.read(segment) { (_) throws(StoreError) in }
                : try moving { () throws(StoreError) in
                    let contents = try extract.write(segment, ifAccepted: accepts)
                    if accepts(contents) { try remove(segment) }
                    return contents
                }
            guard accepts(contents) else {
                if contents.newest < cutoff { result.obstacle = contents.damage.map { .damage($0) } }
                break
            }
            result.segments += 1
            result.records += contents.records
            result.bytes += contents.bytes
            result.lastSeq = next.firstSeq - 1
        }
        if !isDryRun { joinIdentities(goesOn) }
        return result
    }

    /// Brings what is left of removed segments into few files, a bounded step after the other.
    private func joinIdentities(_ goesOn: () -> Bool) {
        let joining = IdentityFiles(directory, options.files)
        do throws(StoreError) {
            var hasMore = true
            while hasMore, goesOn() {
                hasMore = try moving { () throws(StoreError) in
                    try joining.joinSome(before: try Segment.all(in: directory).first?.firstSeq ?? .max)
                }
            }
        } catch {
            report(.identitiesNotJoined(error))
        }
    }
}
