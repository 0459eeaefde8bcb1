internal import ArticleStore
internal import Configuration
internal import FeedModel
extension StoreReader { func firstSeq(storedSince: Timestamp) throws -> UInt64 { 0 } }
extension Configuration { func printEffective() -> String { "" } }
