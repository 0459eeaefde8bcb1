internal import Digest
package import FeedModel

/// `FeedHash` gives the number by which jitter, spreading and the history of polls know a feed.
package enum FeedHash {
    package static func of(_ feed: FeedIdentifier) -> UInt64 { of(feed.text) }

    static func of(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { XXH3.hash64(UnsafeRawBufferPointer($0)) }
    }
}
