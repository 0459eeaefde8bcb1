internal import Configuration
internal import Digest
internal import FeedModel
internal import Fetching
internal import Glibc
internal import Ingestion
internal import Locking
internal import Logging
internal import Text
internal import Web

/// A URL as the target of a delivery: each batch is one request, and what the server answers says whether it has it.
struct HTTPTarget: DeliveryTarget {
    /// All that says how a batch is sent, wherever a person wrote it.
    struct Options: Sendable {
        /// Where it goes; what stands in double braces is the article's (`ArticleTemplate`).
        var url: TextOrSecret
        var method = RequestPayload.Method.post
        var body = HTTPBody.object
        var isPacked = false
        var headers: [HeaderField] = []
        var bearer: Secret?
        var signers: [Secret] = []
        /// What has to stand in the body of an answer for it to count as taken.
        var expected: String?
    }

    /// A server may ask to be left alone for so many seconds at most.
    private static let longestWait = 3600

    let options: Options
    let requests: RequestBuilder
    let engine: FetchEngine
    let environment: [String: String]
    let logger: Logger
    /// Whether it was said already that articles go over the internet unencrypted.
    private let hasWarned = Locked(false)

    init(
        _ options: Options, requests: RequestBuilder, engine: FetchEngine, environment: [String: String], logger: Logger
    ) {
        self.options = options
        self.requests = requests
        self.engine = engine
        self.environment = environment
        self.logger = logger
    }

    func shutDown() async { await engine.shutdown() }

    func take(_ batch: DeliveryBatch, _ attempt: DeliveryAttempt) -> DeliveryAnswer {
        let prepared: Prepared
        do {
            prepared = try prepare(batch, attempt)
        } catch {
            return .refused("the request cannot be made: \(error)")
        }
        switch HTTPExchange.run(prepared.request, by: engine, stop: attempt.stop) {
        case .stopped: return .stopped
        case .failed(let failure):
            let advice = failure.kind == .refusedAddress ? "; \(failure.advice)" : ""
            let why = prepared.secrets.mayShow(in: failure.message) ? SecretEcho.withheld : failure.message
            // A server that is slow to answer was reached, and may have the batch.
            let outcome = failure.kind == .timeout ? "did not answer" : "was not reached"
            return .refused("\(prepared.server) \(outcome): \(why)\(advice)")
        case .answered(let answer):
            warn(answer, prepared)
            return HTTPVerdict(answer, server: prepared.server, secrets: prepared.secrets, expected: options.expected)
                .answer(longestWait: Self.longestWait)
        }
    }

    /// A request, and what an error may say of it.
    private struct Prepared {
        var request: FetchRequest
        /// Scheme, host and port: the rest of such a URL often is a secret.
        var server: String
        var secrets: SecretEcho
        var isSecure: Bool
    }

    /// Secrets are read for each attempt: one that was changed counts at once.
    private func prepare(_ batch: DeliveryBatch, _ attempt: DeliveryAttempt) throws -> Prepared {
        var secrets: [String] = []
        func read(_ text: TextOrSecret) throws(SecretError) -> String {
            let value = try text.resolve(environment: environment)
            if case .secret = text { secrets.append(value) }
            return value
        }
        let written = try options.url.resolve(environment: environment)
        let address = try place(written, of: batch)
        let url: WebURL
        do throws(WebURL.Problem) {
            url = try WebURL(address)
        } catch {
            throw Problem("what --to names is no http or https URL")
        }
        var body = try options.body.bytes(of: batch)
        var headers: [FetchRequest.Header] = []
        for header in options.headers { headers.append(.init(name: header.name, value: try read(header.value))) }
        if let bearer = options.bearer {
            headers.append(.init(name: "Authorization", value: "Bearer \(try read(.secret(bearer)))"))
        }
        if options.isPacked {
            guard let packed = GZip.packed(body) else { throw Problem("there is no memory to pack the batch") }
            body = packed
            headers.append(.init(name: "Content-Encoding", value: "gzip"))
        }
        let signers = try options.signers.map { secret throws(SecretError) in try read(.secret(secret)) }
        do throws(WebhookSignature.Problem) {
            headers += try WebhookSignature(signers).headers(
                id: WebhookID.of(batch), seconds: SystemClock.now().seconds, body: body)
        } catch {
            throw Problem("a secret of --secret \(error.message)")
        }
        var request: FetchRequest
        do throws(FetchFailure) {
            request = try requests.request(
                delivering: RequestPayload(method: options.method, body: body, contentType: options.body.contentType),
                to: address, timeout: .milliseconds(attempt.timeout), answerLimit: HTTPExchange.answerLimit)
        } catch {
            throw Problem("\(error.message); \(error.advice)")
        }
        request.headers = headers
        if case .secret = options.url {
            secrets += URLSecrets.all(of: written)
        } else {
            secrets += URLSecrets.likely(of: written)
        }
        return Prepared(
            request: request, server: Self.shown(url), secrets: SecretEcho(secrets), isSecure: url.isSecure)
    }

    /// `https://example.org`, with its port where it is not the usual one.
    private static func shown(_ url: WebURL) -> String {
        let scheme = url.isSecure ? "https" : "http"
        let usual = url.isSecure ? ":443" : ":80"
        return "\(scheme)://\(url.service.hasSuffix(usual) ? String(url.service.dropLast(usual.count)) : url.service)"
    }

    /// What went wrong before anything was sent.
    private struct Problem: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private func place(_ text: String, of batch: DeliveryBatch) throws -> String {
        guard text.contains("{{"), let line = batch.lines.first else { return text }
        let template = try ArticleTemplate(text, form: .url)
        var bytes: [UInt8] = []
        try template.append(line, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func warn(_ answer: HTTPAnswer, _ prepared: Prepared) {
        guard answer.isPublic == true, !prepared.isSecure else { return }
        let isFirst = hasWarned.withLock { hasWarned in
            defer { hasWarned = true }
            return !hasWarned
        }
        if isFirst {
            logger.warning(
                """
                articles and secrets go to \(prepared.server) over the internet unencrypted, for everybody on the way to read \
                and change; use https
                """)
        }
    }
}
