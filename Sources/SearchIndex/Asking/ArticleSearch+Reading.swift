internal import FeedModel
internal import Locking

/// How files are asked, one after the other.
extension ArticleSearch {
    /// What one question works with: the files as they are at its beginning.
    struct Question {
        let catalogue: SearchCatalogue
        let names: FeedSuccessors
        let deadline: SearchDeadline
        let now: Timestamp

        /// Calls `body` with a file.
        func read<Result>(
            _ entry: SearchCatalogue.Entry, _ body: (FileReading) throws(SearchFailure) -> Result
        ) throws(SearchFailure) -> Result {
            try deadline.check()
            do throws(SearchFailure) {
                return try entry.file.read(until: deadline) { (connection) throws(SearchFailure) in
                    try body(
                        FileReading(entry: entry, connection: connection, names: names, deadline: deadline))
                }
            } catch {
                throw error.code == .damaged ? error.of(entry.file) : error
            }
        }

        /// The files in the order of what is wanted.
        func entries(_ order: EntryRequest.Order) -> [SearchCatalogue.Entry] {
            order == .oldestFirst ? catalogue.entries : catalogue.entries.reversed()
        }
    }

    /// Asks. A file that turns out to be damaged is left out, and made again by `follow`; what is missing then is told as ever.
    func ask<Result>(
        _ deadline: ContinuousClock.Instant?, _ body: (Question) throws(SearchFailure) -> Result
    ) throws(SearchFailure) -> Result {
        let deadline = SearchDeadline(deadline ?? .now + options.limit, isClosed: isClosed)
        while true {
            let question = Question(
                catalogue: catalogue.withLock { $0 }, names: names.withLock { $0 }, deadline: deadline, now: clock())
            do throws(SearchFailure) {
                return try body(question)
            } catch {
                guard let file = error.damagedFile else { throw error }
                // One that has been sealed meanwhile, or that retention has removed, is not damaged: there is another, or none.
                catalogue.withLock { catalogue in
                    guard let entry = catalogue.entries.first(where: { ObjectIdentifier($0.file) == file }) else {
                        return
                    }
                    catalogue.remove(entry.extent.span)
                    catalogue.damaged.insert(entry.extent.span)
                }
            }
        }
    }
}
