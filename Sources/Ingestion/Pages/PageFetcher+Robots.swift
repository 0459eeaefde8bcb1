internal import Configuration
internal import FeedModel
internal import Fetching
internal import Scheduling
internal import Web

/// What the servers of pages let newswire ask for (RFC 9309).
extension PageFetcher {
    /// Throws where the host's robots.txt does not let the page be asked for, or cannot be had. Else the visit has the host
    /// afterwards that it had before.
    func checkRobots(
        _ target: WebURL, _ page: FetchRequest, _ visit: HostVisit, _ feed: FeedConfiguration
    ) async throws(Failure) {
        guard obeysRobots else { return }
        let url = RobotsCache.url(for: target)
        let own = visit.key
        var answer = robots.answer(for: url, at: clock.now())
        if answer == nil {
            answer = try await robotsFile(url, page, visit, feed)
            if let answer { robots.keep(answer, of: url, at: clock.now()) }
        }
        switch answer {
        case .rules(let file): if !file.allows(target.target) { throw Failure(kind: .robots) }
        case .unavailable(let until): throw Failure(kind: .robotsUnavailable, until: until)
        case nil: throw Failure(kind: .unreachable)
        }
        try await goBack(to: own, visit)
    }

    /// Takes up the page's host again, where it was given back because robots.txt lies at another one that was waited for.
    ///
    /// - Parameter key: of the allowance of the page's host.
    private func goBack(to key: String?, _ visit: HostVisit) async throws(Failure) {
        guard let key, visit.key != key else { return }
        switch await visit.move(to: key, { try await clock.sleep(milliseconds: $0) }) {
        case .go: return
        case .held, .crowded: throw Failure(kind: .busy)
        case .stopped: throw Failure(kind: .unreachable)
        }
    }

    /// Asks a server for its robots.txt (RFC 9309 §2.3.1): 4xx is one that forbids nothing, and with anything else that is no
    /// file nothing is asked for.
    private func robotsFile(
        _ url: String, _ page: FetchRequest, _ visit: HostVisit, _ feed: FeedConfiguration
    ) async throws(Failure) -> RobotsCache.Answer {
        var request = page.moved(to: url)
        request.validators = nil
        request.accept = "text/plain, */*;q=0.1"
        request.limits.maxBody = Self.robotsBody
        // It counts for the host that is asked, wherever it lies: the way there is not the page's.
        request.beforeRedirect = { redirect in
            guard let host = HostKey.of(url: redirect.to) else { return .held }
            let (key, allowance) = allowances.allowance(forHost: host)
            if health.pausedUntil(key, at: clock.now()) != nil { return .held }
            do throws(Territory.Refusal) {
                // Who waits a lease for another machine's host keeps nobody from the page's host or from a transfer meanwhile.
                try await limiter.waitAsGuest(at: key, delay: allowance.delay) { visit.rest() }
            } catch {
                return error == .noTurn ? .held : .stopped
            }
            if visit.key == nil {
                let decision = await visit.move(to: host) { try await clock.sleep(milliseconds: $0) }
                guard decision == .go else { return decision }
            }
            return await limiter.pass(key: key, delay: allowance.delay) == nil ? .stopped : .go
        }
        guard let begun = await pass(visit) else { throw Failure(kind: .unreachable) }
        let transfer = engine.start(request)
        let head = await transfer.response()
        var bytes: [UInt8] = []
        // A file that is just as long as what is read of one is whole.
        while bytes.count <= RobotsFile.longest, let chunk = await transfer.nextChunk() { bytes += chunk }
        let isCut = bytes.count > RobotsFile.longest
        if isCut { transfer.cancel() }
        let outcome = isCut ? FetchOutcome() : await transfer.outcome()
        if Task.isCancelled { throw Failure(kind: .unreachable) }
        if outcome.failure?.kind == .refusedAddress {
            // That is said of this feed, and not of the server: another feed may be let go there.
            if !outcome.isRedirected, let target = try? WebURL(url) {
                throw Failure(kind: Self.refusal(of: target, outcome))
            }
            throw Failure(kind: .robotsUnavailable, until: clock.now().adding(seconds: RobotsCache.retry))
        }
        let agent = page.userAgent
        switch (head?.status, outcome.failure) {
        case (200?, nil): return .rules(RobotsFile(bytes, agent: agent))
        case (let status?, _) where status != 429 && (400..<500).contains(status):
            return .rules(RobotsFile([], agent: agent))
        // One that is moved about without end is not there (RFC 9309 §2.3.1.2).
        case (_, let failure?) where failure.kind == .redirect: return .rules(RobotsFile([], agent: agent))
        default: break
        }
        let until = tell(visit, head, outcome, feed, begun)
        return .unavailable(until: max(until ?? clock.now(), clock.now().adding(seconds: RobotsCache.retry)))
    }

    /// Bytes: more than are read, so that a longer file is cut by its reader.
    private static let robotsBody = 2 << 20
}
