import CCurl
import FeedModel
import Glibc
import Web

/// `TransferLoop` is what the engine's thread does: it starts transfers as the mailbox asks, follows their redirects and
/// ends them. Everything in it belongs to that thread.
final class TransferLoop {
    private let multi: MultiHandle
    private let mailbox: Mailbox
    private let options: FetchEngine.Options
    private var active: [ObjectIdentifier: RunningTransfer] = [:]
    /// Handles without secrets that the next requests take.
    private var idle: [EasyHandle] = []
    private var http2Failures = HTTP2Failures()

    /// The most handles that are kept for the next requests.
    private static let idleHandles = 256

    init(mailbox: Mailbox, options: FetchEngine.Options) throws(FetchEngine.StartError) {
        self.mailbox = mailbox
        self.options = options
        multi = try MultiHandle(wake: mailbox.descriptor)
        expect(options.concurrency)
    }

    /// Lets as many connections be open as so many transfers at a time need, and the spare ones.
    private func expect(_ concurrency: Int) {
        multi.limit(connections: max(1, concurrency) + max(0, options.spareConnections))
    }

    func now() -> Timestamp { options.now() }
    var isClockDoubtful: Bool { options.isClockDoubtful() }
    var caLifetime: Int { options.caLifetime }

    /// Works until the mailbox is closed, then ends what is under way.
    func run() {
        var isClosed = false
        while !isClosed {
            multi.wait(mayRest: mailbox.mayRest())
            finishEnded()
            isClosed = obeyMailbox()
            // What was just started begins here.
            if multi.callTimer() { finishEnded() }
        }
        endEverything()
    }

    /// Does what was asked for, and what tasks that run because of it ask for in turn, but not without end.
    ///
    /// - Returns: whether the mailbox is closed.
    private func obeyMailbox() -> Bool {
        for _ in 0..<4 {
            let (commands, isClosed) = mailbox.take()
            if isClosed || commands.isEmpty { return obey(commands, isClosed) }
            _ = obey(commands, isClosed)
        }
        return false
    }

    private func obey(_ commands: [Mailbox.Command], _ isClosed: Bool) -> Bool {
        for command in commands {
            switch command {
            case .start(let transfer): start(transfer)
            case .resume(let transfer): resume(transfer)
            case .drop(let transfer): drop(transfer)
            case .proceed(let transfer, let decision): proceed(transfer, decision)
            case .expect(let concurrency): expect(concurrency)
            case .run(let job): job.runSynchronously(on: mailbox.asUnownedTaskExecutor())
            }
        }
        return isClosed
    }

    // MARK: Backpressure

    private func resume(_ transfer: Transfer) {
        guard let running = active[ObjectIdentifier(transfer)], let handle = running.handle else { return }
        // What libcurl holds is handed over before it returns. Where that goes wrong, libcurl does not end the transfer.
        let code = curl_easy_pause(handle.curl, Int32(CURLPAUSE_CONT))
        if code != CURLE_OK { finish(running, code) }
    }

    // MARK: The life of a transfer

    private func start(_ transfer: Transfer) {
        let url: WebURL
        do {
            url = try WebURL(transfer.request.url)
        } catch {
            transfer.finish(FetchOutcome(failure: .url(error)))
            return
        }
        let running = RunningTransfer(transfer, url: url, loop: self, now: SteadyClock.milliseconds())
        active[ObjectIdentifier(transfer)] = running
        begin(running)
    }

    private func begin(_ running: RunningTransfer) {
        running.beginRequest()
        running.sendsSecrets = running.trustedOrigin != nil
        do throws(FetchFailure) {
            let left = running.deadline - SteadyClock.milliseconds()
            guard left > 0 else { throw FetchFailure.timeoutOfRedirects(running.request.limits) }
            try running.checkTarget()
            if running.mayUseHTTP2, http2Failures.contains(running.url.service, at: now()) {
                running.avoidsHTTP2 = true
            }
            guard let handle = (running.needsOwnHandle ? nil : idle.popLast()) ?? EasyHandle() else {
                throw FetchFailure(
                    .resources, "not enough memory for another request", advice: "poll fewer feeds at a time")
            }
            running.handle = handle
            try handle.prepare(for: running, now: now(), timeout: left)
            multi.add(handle)
        } catch {
            conclude(running, error)
        }
    }

    private func finishEnded() {
        while let (context, code) = multi.takeEnded() { finish(RunningTransfer.from(context), code) }
    }

    private func finish(_ running: RunningTransfer, _ code: CURLcode) {
        guard let handle = running.handle else { return }
        running.count(handle)
        if let result = running.probedResult {
            conclude(running, running.certificateFailure(result, facts: CertificateFacts(handle)))
            return
        }
        running.finishBody()
        let failure = running.failure(code, handle)
        if failure == nil, running.isRedirected {
            learn(running, failure)
            follow(running)
        } else if let failure, running.failedByHTTP2(code, handle) {
            running.http2Failure = failure
            begin(running, withoutHTTP2: true)
        } else if running.lostKeptConnection(code, handle) {
            // It may have been one of HTTP/2 that works no more for another reason: one more request, whatever it was.
            begin(running, withoutHTTP2: running.mayUseHTTP2)
        } else if running.mayProbe(code) {
            probe(running, running.verifyResult(handle))
        } else {
            conclude(running, learn(running, failure))
        }
    }

    /// Makes the request again, through a connection of its own.
    private func begin(_ running: RunningTransfer, withoutHTTP2: Bool) {
        running.wantsNewConnection = true
        if withoutHTTP2 { running.avoidsHTTP2 = true }
        running.forgetBody()
        release(running)
        begin(running)
    }

    /// Takes in what has come of a request that was made again because HTTP/2 had failed: where it was answered, the
    /// host is spared HTTP/2 from here on.
    ///
    /// - Returns: why the fetch has failed.
    @discardableResult
    private func learn(_ running: RunningTransfer, _ failure: FetchFailure?) -> FetchFailure? {
        guard let first = running.http2Failure else { return failure }
        running.http2Failure = nil
        guard running.isHeadComplete else {
            return FetchFailure(
                first.kind, "\(first.message), and HTTP/1.1 failed too (\(failure?.message ?? "no answer"))",
                advice: "it is asked again later; http2 = false in the feed's [[feed]] table spares it the first try")
        }
        http2Failures.insert(running.url.service, at: now())
        if running.redirects.hops.isEmpty { running.outcome.avoidHTTP2 = true }
        return failure
    }

    private func follow(_ running: RunningTransfer) {
        let from = running.url
        running.observeGuide()
        do {
            running.url = try running.redirects.follow(
                from: from, status: running.status, location: running.fields.firstBytes("Location"),
                limit: running.request.limits.maxRedirects, isAmongPrivate: running.isAmongPrivate)
            running.observeRedirect(from: from)
        } catch {
            conclude(running, error)
            return
        }
        release(running)
        running.avoidsHTTP2 = false
        running.wantsNewConnection = false
        if running.url.origin != running.trustedOrigin { running.trustedOrigin = nil }
        let isOtherHost = HostKey.of(running.url) != HostKey.of(from)
        if running.request.beforeRedirect != nil, isOtherHost, let redirect = running.redirects.hops.last {
            running.askedAt = SteadyClock.milliseconds()
            // It may wait for long, and what the redirect's header was is of no use any more.
            running.forgetAnswer()
            running.transfer.ask(redirect)
        } else {
            begin(running)
        }
    }

    private func proceed(_ transfer: Transfer, _ decision: RedirectDecision) {
        guard let running = active[ObjectIdentifier(transfer)], let askedAt = running.askedAt else { return }
        running.askedAt = nil
        running.deadline += SteadyClock.milliseconds() - askedAt
        if let failure = decision.failure(host: running.url.host) {
            conclude(running, failure)
        } else {
            begin(running)
        }
    }

    /// Connects once more, without trusting and without asking, to see the certificate that was refused.
    ///
    /// - Parameter result: why it was, as OpenSSL says it.
    private func probe(_ running: RunningTransfer, _ result: Int) {
        let left = running.deadline - SteadyClock.milliseconds()
        release(running)
        guard left > 0, let handle = EasyHandle() else {
            conclude(running, running.certificateFailure(result, facts: nil))
            return
        }
        running.probedResult = result
        running.beginRequest()
        running.handle = handle
        running.sendsSecrets = false
        do {
            try handle.prepare(for: running, now: now(), timeout: min(left, 5000))
        } catch {
            conclude(running, running.certificateFailure(result, facts: nil))
            return
        }
        handle.set(CURLOPT_SSL_VERIFYPEER, 0)
        handle.set(CURLOPT_SSL_VERIFYHOST, 0)
        handle.set(CURLOPT_CERTINFO, true)
        handle.set(CURLOPT_CONNECT_ONLY, true)
        handle.set(CURLOPT_FRESH_CONNECT, true)
        handle.set(CURLOPT_FORBID_REUSE, true)
        multi.add(handle)
    }

    private func conclude(_ running: RunningTransfer, _ failure: FetchFailure?) {
        let head = running.takeHead()
        release(running)
        active[ObjectIdentifier(running.transfer)] = nil
        running.outcome.failure = failure
        running.outcome.isRedirected = !running.redirects.hops.isEmpty
        running.outcome.durationMilliseconds = SteadyClock.milliseconds() - running.startedAt
        running.transfer.finish(running.outcome, lastChunk: running.takeBody(), head: head)
    }

    private func drop(_ transfer: Transfer) {
        guard let running = active.removeValue(forKey: ObjectIdentifier(transfer)) else { return }
        release(running)
    }

    /// Takes the handle from the transfer, to which nothing in libcurl points afterwards.
    private func release(_ running: RunningTransfer) {
        guard let handle = running.handle else { return }
        running.handle = nil
        multi.remove(handle)
        if running.needsOwnHandle || running.probedResult != nil || idle.count >= Self.idleHandles { return }
        handle.forgetRequest()
        idle.append(handle)
    }

    private func endEverything() {
        for running in Array(active.values) { conclude(running, .cancelled) }
        for command in mailbox.take().commands {
            switch command {
            case .start(let transfer): transfer.finish(FetchOutcome(failure: .cancelled))
            case .run(let job): globalConcurrentExecutor.enqueue(ExecutorJob(job))
            case .resume, .drop, .proceed, .expect: break
            }
        }
        idle = []
    }
}
