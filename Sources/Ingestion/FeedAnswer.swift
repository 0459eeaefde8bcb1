internal import Digest
internal import FeedModel
internal import Fetching

/// A whole feed that was fetched before it was known whose it is, so that it can be stored without asking again.
package struct FeedAnswer: Sendable {
    let head: ResponseHead
    let feed: Feed
    let bodyHash: Hash128
    let wireBytes: Int
}
