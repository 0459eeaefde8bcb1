internal import FeedModel
internal import Fetching
internal import Scheduling

extension PollFailure {
    /// Seconds for which a name that cannot be resolved any more is blamed on the name server (polling.md §8).
    private static let namePatience: Int64 = 86_400

    /// How the schedule meets it.
    ///
    /// - Parameter failingSince: when the feed began to fail; nil where it did not before.
    func kind(status: Int?, failingSince: Timestamp?, at now: Timestamp) -> PollEvent.Failure {
        switch self {
        case .request: .hard
        case .notAFeed, .truncatedDocument, .store: .soft
        case .fetch where isBusy(status: status): .busy
        case .fetch(let failure):
            switch failure.kind {
            case .unauthorized: .credentials
            case .forbidden, .botChallenge: .refused
            case .gone: .gone
            case .dns:
                // libcurl does not tell "try again" from "no such name".
                failingSince.map { now.seconds - $0.seconds >= Self.namePatience } ?? false ? .hard : .temporary
            // This machine ran out of something: hardly the feed's fault.
            case .resources: .temporary
            // Nor is what another feed has brought upon that host.
            case .paused: .temporary
            case .tls, .redirect, .tooLarge, .bomb, .refusedAddress, .localFile, .invalidRequest: .hard
            case .connect, .timeout, .proxy, .truncated, .cancelled, .protocolError, .httpStatus, .rateLimited,
                .notFound, .unexpected304:
                .soft
            }
        }
    }

    /// Whether the server has too much to do, as it says by 429 or 503.
    func isBusy(status: Int?) -> Bool {
        switch fetchKind {
        case .rateLimited: true
        case .httpStatus: status == 503
        default: false
        }
    }

    /// Whether the server was not even reached, which may be the fault of one's own network.
    ///
    /// - Parameter requests: how many were sent.
    func isUnreached(requests: Int) -> Bool {
        guard case .fetch(let failure) = self else { return false }
        return switch failure.kind {
        case .dns, .connect: true
        case .timeout: requests == 0
        default: false
        }
    }
}
