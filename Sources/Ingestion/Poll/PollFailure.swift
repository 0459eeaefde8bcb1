internal import ArticleStore
internal import FeedModel
internal import FeedParsing
internal import Fetching

/// Why a poll brought nothing, in the terms of the room where it failed.
enum PollFailure: Error, Sendable {
    /// The request could not be made: a secret or a certificate cannot be read.
    case request(String)
    case fetch(FetchFailure)
    case notAFeed(NotAFeed)
    /// The transfer was whole, but the document in it ends early.
    case truncatedDocument
    case store(StoreError)

    /// newswire was told to stop: the feed is not to blame.
    var isCancellation: Bool { fetchKind == .cancelled }

    var isGone: Bool { fetchKind == .gone }

    /// nil where it was not the fetch that failed.
    var fetchKind: FetchFailure.Kind? {
        guard case .fetch(let failure) = self else { return nil }
        return failure.kind
    }

    /// As it is shown and kept: one word for programs, one sentence for people.
    var shown: FeedState.Failure {
        switch self {
        case .request(let message): .init(kind: "configuration", message: message)
        case .fetch(let failure):
            .init(kind: failure.kind.rawValue, message: "\(failure.message); \(failure.advice)")
        case .notAFeed(let document): .init(kind: "not_a_feed", message: document.message)
        case .truncatedDocument:
            .init(
                kind: "truncated",
                message: "the document ends early; what was whole in it is stored, and it is asked for again")
        case .store(let error): .init(kind: "store", message: error.description)
        }
    }
}
