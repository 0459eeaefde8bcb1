internal import FeedModel
internal import Scheduling

extension PollFailure {
    /// Seconds for which a name that cannot be resolved any more is blamed on the name server (polling.md §8).
    private static let namePatience: Int64 = 86_400

    /// How the schedule meets it.
    ///
    /// - Parameters:
    ///   - status: the answer's; nil where there was none.
    ///   - failingSince: when the feed began to fail; nil where it did not before.
    func gravity(status: Int?, failingSince: Timestamp?, at now: Timestamp) -> PollEvent.Failure {
        switch kind {
        case .unauthorized: .credentials
        case .forbidden, .botChallenge: .refused
        case .gone: .gone
        case _ where isBusy(status: status): .busy
        case .dns:
            // libcurl does not tell "try again" from "no such name".
            failingSince.map { now.seconds - $0.seconds >= Self.namePatience } ?? false ? .hard : .temporary
        // This machine ran out of something: hardly the feed's fault.
        case .resources: .temporary
        // Nor is what another feed has brought upon that host.
        case .paused: .temporary
        case .tls, .redirect, .tooLarge, .bomb, .refusedAddress, .localFile, .invalidRequest, .configuration: .hard
        case .connect, .timeout, .proxy, .truncated, .cancelled, .protocolError, .httpStatus, .rateLimited, .notFound,
            .notAFeed, .unexpected304, .store, .unknown:
            .soft
        }
    }

    /// The server has too much to do, as it says by 429 or 503.
    func isBusy(status: Int?) -> Bool { kind == .rateLimited || kind == .httpStatus && status == 503 }

    /// The server was not even reached, which may be the fault of one's own network.
    ///
    /// - Parameter requests: how many were sent.
    func isUnreached(requests: Int) -> Bool { kind == .dns || kind == .connect || kind == .timeout && requests == 0 }
}
