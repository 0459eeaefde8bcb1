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
    var isCancellation: Bool { kind == .cancelled }

    var isGone: Bool { kind == .gone }

    var kind: FailureKind {
        switch self {
        case .request: .configuration
        case .fetch(let failure): failure.kind
        case .notAFeed: .notAFeed
        case .truncatedDocument: .truncated
        case .store: .store
        }
    }

    /// As it is shown and kept: one word for programs, one sentence for people.
    var shown: FeedState.Failure { FeedState.Failure(kind: kind, message: message) }

    private var message: String {
        switch self {
        case .request(let message): message
        case .fetch(let failure): "\(failure.message); \(failure.advice)"
        case .notAFeed(let document): document.message
        case .truncatedDocument:
            "the document ends early; what was whole in it is stored, and it is asked for again"
        case .store(let error): error.description
        }
    }
}
