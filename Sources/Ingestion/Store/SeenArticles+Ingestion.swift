package import ArticleStore
internal import FeedModel
internal import FeedParsing
internal import Identity
package import Logging

/// What the document of a feed has and has not any more (identity.md §8), from its judgements to the store.
extension SeenSet {
    init(_ judgements: [Judgement]) {
        self.init(judgements.lazy.map { (uid: $0.uid, isKnown: $0.isKnown) })
    }
}

extension Judgement {
    /// Whether the article was stored before this document came.
    fileprivate var isKnown: Bool {
        switch verdict {
        case .new, .reusing, .duplicate: alias != nil
        case .update, .unchanged, .volatile, .ignored: true
        }
    }
}

extension Feed {
    /// Whether no item can have been left out: what is not here is not in the document.
    ///
    /// - Parameter status: 226 brings only what has changed (RFC 3229).
    func hasAllItems(status: Int?) -> Bool {
        !isTruncated && status != 226 && (droppedArticles == 0 || articles.count < ParseLimits().items)
    }
}

extension SeenArticles {
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
