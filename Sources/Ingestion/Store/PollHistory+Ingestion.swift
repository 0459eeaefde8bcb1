package import ArticleStore
internal import FeedModel
package import Logging

extension PollHistory {
    /// nil where it cannot be kept, which is said and keeps nothing else.
    package convenience init?(of store: ArticleStore, _ logger: Logger) {
        do throws(StoreError) {
            var last: UInt32?
            store.forEachState { _, state in
                if let block = state.schedule.historyBlock { last = max(block, last ?? 0) }
            }
            try self.init(directory: store.path, lastBlock: last) { logger.warning("\($0)") }
        } catch {
            logger.warning("\(error)")
            return nil
        }
    }
}
