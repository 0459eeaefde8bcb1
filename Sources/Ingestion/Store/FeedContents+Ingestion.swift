package import ArticleStore
internal import FeedModel
internal import FeedParsing
package import Logging

extension Feed {
    /// Whether no item can have been left out: what is not here is not in the document.
    ///
    /// - Parameter status: 226 brings only what has changed (RFC 3229).
    func hasAllItems(status: Int?) -> Bool {
        !isTruncated && status != 226 && (droppedArticles == 0 || articles.count < ParseLimits().items)
    }
}

extension FeedContents {
    /// nil where it cannot be kept, which is said and keeps nothing else.
    package convenience init?(of store: ArticleStore, _ logger: Logger) {
        do throws(StoreError) {
            try self.init(directory: store.path) { logger.warning("\($0)") }
        } catch {
            logger.warning("\(error)")
            return nil
        }
    }
}
