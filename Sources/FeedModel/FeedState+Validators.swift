package import Digest

extension FeedState {
    /// The validators of one response, as the server sent them: opaque, and only valid together (polling.md §2.1).
    ///
    /// Each goes back in a request, so that one that no request can carry, or that is longer than any that is meant as
    /// one, is not taken: no server can make itself unreachable by what it once sent, nor fill the memory with it. That
    /// holds for what newswire sent and stored before, too.
    package struct Validators: Sendable, Equatable {
        package let etag: String?
        package let lastModified: String?
        /// Hash of what they were given for: effective URL and the parts of the request that the answer depends on
        /// (polling.md §2.7). Validators of another request are not sent.
        package var request: Hash128

        /// What is refused of the two is absent.
        package init(etag: String?, lastModified: String?, request: Hash128) {
            self.etag = etag.flatMap { Field.etag.refusal($0) == nil ? $0 : nil }
            self.lastModified = lastModified.flatMap { Field.lastModified.refusal($0) == nil ? $0 : nil }
            self.request = request
        }

        /// The same of values that a pair has had.
        init(kept etag: String?, _ lastModified: String?, request: Hash128) {
            self.etag = etag
            self.lastModified = lastModified
            self.request = request
        }

        /// Nothing is left of it.
        package var isEmpty: Bool { etag == nil && lastModified == nil }

        /// One half of the pair.
        package enum Field: Sendable {
            case etag, lastModified

            /// The longest value that is kept, in bytes of UTF-8. An HTTP date has 29.
            package var limit: Int {
                switch self {
                case .etag: 8192
                case .lastModified: 256
                }
            }

            /// Why a value can neither be kept nor sent, for people; nil where it can.
            package func refusal(_ value: String) -> String? {
                if value.utf8.count > limit { return "is longer than \(limit) bytes" }
                // RFC 9110 §5.5: a header's value holds no controls but the tab, and white space around it is not part of it.
                var isBlank = true
                for byte in value.utf8 where byte != 0x09 {
                    if byte < 0x20 || byte == 0x7f { return "holds a control character" }
                    if byte != 0x20 { isBlank = false }
                }
                return isBlank ? "is empty" : nil
            }
        }
    }
}
