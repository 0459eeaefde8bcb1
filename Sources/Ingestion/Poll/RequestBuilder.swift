package import Configuration
internal import Digest
internal import FeedModel
internal import FeedParsing
package import Fetching
private import Glibc
internal import Web

/// `RequestBuilder` makes the request for a feed from its configuration and state, reading secrets at the moment of
/// use.
package struct RequestBuilder: Sendable {
    private let userAgent: String
    private let fetch: FetchSettings
    private let deliver: DeliverSettings
    private let environment: [String: String]

    /// Makes requests as that configuration says.
    ///
    /// - Parameter version: newswire's, for the User-Agent.
    package init(_ configuration: Configuration, version: String, environment: [String: String]) {
        // A local file is read without a contact; over the network the configuration has required one.
        userAgent = "newswire/\(version)" + (configuration.contact.map { " (+\($0))" } ?? "")
        fetch = configuration.fetch
        deliver = configuration.deliver
        self.environment = environment
    }

    func request(for feed: FeedConfiguration, state: FeedState) throws(PollFailure) -> FetchRequest {
        // Members reached one by one through a key path cost more than all of them at once.
        let options = feed.options
        var request = try request(for: feed.url, by: options)
        request.validators = state.validators
        request.limits.maxBody = fetch.maxBody
        request.keepsCookies = options.cookies == .session
        request.allowsLocalFile = feed.isLocalFile
        do throws(SecretError) {
            request.headers = try headers(of: options)
            request.credentials = try credentials(of: options)
            request.proxyLogin = try proxyLogin(options.proxyAuth)
        } catch {
            throw .request(error.description)
        }
        request.clientCertificate = try options.clientCert.map { pair throws(PollFailure) in try certificate(pair) }
        let url = feed.requestURL(state)
        if url == feed.url { return request }
        request = request.moved(to: url)
        request.ledBy = .redirect
        request.isAmongPrivate = state.move.isAmongPrivate
        return request
    }

    /// A request that goes as the options of a feed say, whether the feed is asked for or what it names; without all that
    /// is for the feed's own server alone.
    private func request(for url: String, by options: FeedOptions) throws(PollFailure) -> FetchRequest {
        var request = FetchRequest(url: url, userAgent: options.userAgent ?? userAgent)
        request.limits.connectTimeout = options.connectTimeout
        request.limits.timeout = options.timeout
        request.limits.lowSpeedSeconds = Self.lowSpeedSeconds(timeout: options.timeout)
        request.proxy = options.proxy
        request.caFile = try options.caFile.map { path throws(PollFailure) in try Self.readable(path) }
        request.tlsVerify = options.tlsVerify
        request.http2 = options.http2
        request.keepAlive = options.keepAlive
        request.addressPolicy = options.privateNetworks
        if options.ownPrivateNetworks != nil { request.ledAddressPolicy = request.addressPolicy }
        return request
    }

    /// The request for a page or feed that is not configured.
    ///
    /// - Parameter page: the one that named it; nil where a person did.
    func request(discovering url: String, from page: FeedDiscovery.Page? = nil) throws(PollFailure) -> FetchRequest {
        var request = try request(for: url, timeout: fetch.timeout)
        if let page {
            request.ledBy = .link
            request.isAmongPrivate = page.isAmongPrivate
        }
        request.accept = "text/html, application/xhtml+xml, " + FetchRequest.defaultAccept
        request.addressPolicy = fetch.privateNetworks
        return request
    }

    /// Makes the request for the page of an article. Nothing goes with it that is for the feed alone: neither headers nor
    /// credentials, and no cookie.
    ///
    /// The feed's document has named the page, so that it may lie in a network that is not public only where the feed's own
    /// table says so, or where the feed's own server is asked.
    func request(page: WebURL, of feed: FeedConfiguration) throws(PollFailure) -> FetchRequest {
        let options = feed.options
        var request = try request(for: page.text, by: options)
        request.accept = "text/html, application/xhtml+xml;q=0.9"
        request.limits.maxBody = options.pages.maxBody
        request.ledBy = .link
        request.isAmongPrivate = (try? WebURL(feed.url)).map { page.isOnServer(of: $0) } ?? false
        request.leadsAmongPrivate = false
        do throws(SecretError) {
            request.proxyLogin = try proxyLogin(options.proxyAuth)
        } catch {
            throw .request(error.description)
        }
        return request
    }

    /// Makes the request by which a delivery brings something. A person has written its URL, and `[deliver]` says where it
    /// may lead; proxy and certificates are those of `[fetch]`.
    ///
    /// - Parameters:
    ///   - timeout: for the whole of it.
    ///   - answerLimit: the most bytes of an answer that are read.
    package func request(
        delivering payload: RequestPayload, to url: String, timeout: Duration, answerLimit: Int
    ) throws(FetchFailure) -> FetchRequest {
        do throws(PollFailure) {
            var request = try request(for: url, timeout: timeout)
            request.payload = payload
            request.accept = "*/*"
            request.limits.maxBody = answerLimit
            request.addressPolicy = deliver.privateNetworks
            return request
        } catch {
            throw FetchFailure(error.kind, error.message, advice: "check [fetch] in the configuration")
        }
    }

    /// What all requests have that are of no feed.
    private func request(for url: String, timeout: Duration) throws(PollFailure) -> FetchRequest {
        var request = FetchRequest(url: url, userAgent: userAgent)
        request.limits.maxBody = fetch.maxBody
        request.limits.connectTimeout = fetch.connectTimeout
        request.limits.timeout = timeout
        request.limits.lowSpeedSeconds = Self.lowSpeedSeconds(timeout: timeout)
        request.proxy = fetch.proxy
        do throws(SecretError) {
            request.proxyLogin = try proxyLogin(fetch.proxyAuth)
        } catch {
            throw .request(error.description)
        }
        if let caFile = fetch.caFile { request.caFile = try Self.readable(caFile) }
        return request
    }

    /// 20 s where the timeout is 30 s; who has more patience with a server has more with its pauses too.
    static func lowSpeedSeconds(timeout: Duration) -> Int {
        max(FetchLimits().lowSpeedSeconds, Int(clamping: timeout.components.seconds) * 2 / 3)
    }

    private func headers(of options: FeedOptions) throws(SecretError) -> [FetchRequest.Header] {
        var headers: [FetchRequest.Header] = []
        for field in options.headers {
            headers.append(.init(name: field.name, value: try field.value.resolve(environment: environment)))
        }
        return headers
    }

    private func credentials(of options: FeedOptions) throws(SecretError) -> Credentials? {
        if let basic = options.basicAuth {
            return .basic(user: basic.user, password: try basic.password.resolve(environment: environment))
        }
        if let digest = options.digestAuth {
            return .digest(user: digest.user, password: try digest.password.resolve(environment: environment))
        }
        if let bearer = options.bearer { return .bearer(try bearer.resolve(environment: environment)) }
        return nil
    }

    private func proxyLogin(_ login: FeedOptions.BasicAuth?) throws(SecretError) -> FetchRequest.ProxyLogin? {
        guard let login else { return nil }
        return .init(user: login.user, password: try login.password.resolve(environment: environment))
    }

    private func certificate(_ pair: FeedOptions.ClientCertificate) throws(PollFailure) -> ClientCertificate {
        let certificate = try Self.contents(ofCertificate: pair.cert)
        guard let key = pair.key else { return ClientCertificate(certificate: certificate, key: certificate) }
        do throws(SecretError) {
            return ClientCertificate(certificate: certificate, key: try key.contents(environment: environment))
        } catch {
            throw .request(error.description)
        }
    }

    private static let maximumCertificate = 1 << 20

    private static func contents(ofCertificate path: String) throws(PollFailure) -> [UInt8] {
        do throws(FileReader.Failure) {
            return try FileReader.read(path, limit: maximumCertificate).bytes
        } catch {
            throw .request("the certificate \(path) \(error.message); check client_cert")
        }
    }

    /// Finds out whether a file of CA certificates would keep its reader waiting: libcurl opens it where all transfers
    /// wait for it. What is wrong with a file otherwise, libcurl says itself.
    private static func readable(_ caFile: String) throws(PollFailure) -> String {
        var status = stat()
        guard stat(caFile, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw .request("reading the certificates of authorities \(caFile): it is no regular file; check ca_file")
        }
        return caFile
    }
}

extension FetchRequest {
    /// What a dry run shows of a request; secrets are named and not shown.
    var summary: [String] {
        var lines = ["GET \(URLRedaction.redacted(url))", "User-Agent: \(userAgent)"]
        if let etag = validators?.etag { lines.append("If-None-Match: \(etag)") }
        if let date = validators?.lastModified { lines.append("If-Modified-Since: \(date)") }
        lines += headers.map { "\($0.name): ***" }
        if credentials != nil { lines.append("Authorization: ***") }
        return lines
    }
}

/// `FetchedDocument` is the body of an answer, read as a feed while it came, and how its transfer ended.
struct FetchedDocument {
    let outcome: FetchOutcome
    /// nil where the transfer failed and left nothing that is worth reading.
    let content: ParseResult?
    /// The hash of the decoded body.
    let hash: Hash128
    /// The beginning of the decoded body.
    let opening: [UInt8]
    /// The decoded body, where it was to be kept.
    let body: [UInt8]
    /// The failure of a transfer whose document had come to its end by then, root element and all: nothing of it is
    /// missing (security.md §5).
    var lateFailure: FetchFailure? {
        guard let failure = outcome.failure, failure.isOfBody, case .feed(let feed)? = content, !feed.isTruncated
        else { return nil }
        return failure
    }
}

extension Transfer {
    /// Takes the body block by block from the socket to the parser. Ends with the transfer, and early where the task is
    /// cancelled; throws nothing, as the document's `outcome` says what went wrong.
    ///
    /// - Parameters:
    ///   - limits: how much of it is read.
    ///   - keepsBody: whether the whole body is wanted besides.
    func document(
        _ head: ResponseHead, limits: ParseLimits = ParseLimits(), keepsBody: Bool = false
    ) async -> FetchedDocument {
        var parser = FeedParser(
            context: DocumentContext(
                url: head.effectiveURL, contentLocation: head.contentLocation, contentType: head.contentType),
            limits: limits)
        var hash = XXH3Stream()
        var opening: [UInt8] = []
        var body: [UInt8] = []
        while let chunk = await nextChunk() {
            if opening.isEmpty { opening = Array(chunk.prefix(BrowserWall.openingBytes)) }
            chunk.withUnsafeBytes { bytes in
                hash.update(bytes)
                parser.parse(bytes)
            }
            if keepsBody { body.append(contentsOf: chunk) }
        }
        let outcome = await outcome()
        let isReadable = outcome.failure.map { $0.isOfBody && outcome.decodedBytes > 0 } ?? true
        let content = isReadable ? parser.finish() : nil
        return FetchedDocument(
            outcome: outcome, content: content, hash: hash.hash128(), opening: opening, body: body)
    }
}
