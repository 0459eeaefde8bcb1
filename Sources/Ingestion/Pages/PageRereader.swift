internal import Archiving
internal import ArticleStore
internal import Configuration
internal import Dispatch
internal import FeedModel
internal import JSONText

/// `PageRereader` reads kept pages again for `newswire extract --archive --write`, beside the running service, and stores what
/// differs from what the store has.
struct PageRereader: Sendable {
    /// `Request` is what a command asks for.
    struct Request: Sendable {
        var places: [ArchivePlace]
        /// The number of the rules that the command has compared by.
        var extractor: Int
        var reply: ControlReply
    }

    let store: ArticleStore
    let writer: StoreWriter
    /// Where the disk is waited for.
    let disk: DispatchQueue
    /// The archive.
    let folder: String
    /// What the configuration says of the pages of feeds.
    let settings: [FeedIdentifier: PageSettings]
    var reading = PageContent.reading

    /// Answers with a line for each page: `{"archive":PLACE,"seq":SEQ}`, without `seq` where nothing was to be stored. Ends early
    /// with the service, and where nobody waits for the answer any more.
    func run(_ request: Request) async {
        let reply = request.reply
        guard request.extractor == PageContent.extractor else {
            return reply.fail(
                "the running service reads pages by other rules (\(PageContent.extractor)) than this command "
                    + "(\(request.extractor)): restart it")
        }
        do {
            for place in request.places {
                if Task.isCancelled {
                    return reply.fail("the service was stopped before all of it was stored; try again")
                }
                if reply.isGone { return }
                let seq = try await reread(place)
                reply.send { json in
                    json.beginObject()
                    json.member("archive", place.description)
                    json.member("seq", seq)
                    json.endObject()
                }
            }
            reply.done()
        } catch {
            reply.fail("\(error)")
        }
    }

    /// - Returns: the number of the record that was stored; nil where there was nothing to store.
    private func reread(_ place: ArchivePlace) async throws -> UInt64? {
        guard let page = try await onDisk({ [folder] in try KeptPage.at(place, in: folder) }) else { return nil }
        // Nobody may be about to store what a newer page of it says.
        let keys = [PageKey.of(page.uid)]
        await writer.locks.take(keys)
        defer { writer.locks.release(keys) }
        var basis = writer.basis
        basis.keys = keys
        let review = try await onDisk { [store] in
            try PageReview(page, try StoreReader(directory: store.path)) { key throws(StoreError) in
                try store.record(key: key)
            }
        }
        let outcome = await withTaskExecutorPreference(WorkerThreads.parsing) {
            @concurrent () async in
            await Task.yield()
            return review.run(reading) { settings[$0] ?? PageSettings() }
        }
        guard let pending = outcome.pending else { return nil }
        let result = try await writer.commit(
            FeedCommit(feed: outcome.feed, records: [pending], state: nil), on: basis)
        // One poll's records, of others that were committed with it, come before.
        return result.refused.isEmpty ? try store.record(key: keys[0]) : nil
    }

    private func onDisk<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            disk.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
