import CCurl
import Digest
import FeedModel
import Glibc
import Text
import Web

/// `RunningTransfer` is the engine's side of one transfer, from its start to its end over all redirects. It stays on the
/// engine's thread.
final class RunningTransfer {
    let transfer: Transfer
    unowned let loop: TransferLoop
    var request: FetchRequest { transfer.request }

    // One fetch.
    var url: WebURL
    /// Credentials that stood in the configured URL.
    let userinfo: Credentials?
    var redirects: RedirectRules
    /// Whether none but servers on private addresses have had a say in where the request goes.
    private(set) var isAmongPrivate: Bool
    /// Where the custom headers and credentials may go; nil once a hop has led elsewhere.
    var trustedOrigin: WebURL.Origin?
    var outcome = FetchOutcome()
    /// Monotonic milliseconds.
    let startedAt: Int
    /// Monotonic milliseconds; moved on by the time that the caller took to allow a hop.
    var deadline: Int
    var askedAt: Int?

    // One request.
    var handle: EasyHandle?
    var signature = RequestSignature(hash: Hash128(high: 0, low: 0))
    var isConditional = false
    var sendsSecrets = false
    /// Connections kept open have turned out to be dead: the request goes through one of its own.
    var wantsNewConnection = false
    /// HTTP/2 has failed, or is known to fail at this host.
    var avoidsHTTP2 = false
    /// Why HTTP/2 has failed, where the request is made once more without it.
    var http2Failure: FetchFailure?
    /// libcurl has sent the request at hand so many times.
    private(set) var attempts = 0
    /// libcurl was about to send the request once more by itself, and was kept from it.
    private(set) var wasCutShort = false
    /// The first of these was not sent through a connection that had been kept open.
    private(set) var beganOnNewConnection = false
    private(set) var status = 0
    private(set) var fields = HeaderFields()
    private var headerBytes = 0
    private(set) var isHeadComplete = false
    /// The next line begins a response.
    private var awaitsStatus = true
    var decoder = ContentDecoder([], limit: 0)
    /// Bytes of the body as they came.
    var receivedBytes = 0
    /// The beginning of a body that is no feed's, which may tell why there is none.
    var opening: [UInt8] = []
    private(set) var receivedAt = Timestamp(seconds: 0)
    var body: [UInt8] = []
    private var hasDelivered = false
    /// A block has been handed over since it was last asked whether too much waits.
    var mayBeFull = false
    /// Why a callback has ended the request, where it did.
    private(set) var stop: FetchFailure?
    /// More of an unwanted body than is worth reading came.
    var hasEnough = false
    var droppedBytes = 0
    /// An address was good enough to try.
    private(set) var hasConnected = false
    private(set) var refusedAddress: String?
    /// What was refused of a certificate that a second connection only looks at.
    var probedResult: Int?
    /// The cookies of this fetch; nil where none are kept.
    let cookies: CookieJar?

    init(_ transfer: Transfer, url: WebURL, loop: TransferLoop, now: Int) {
        self.transfer = transfer
        self.loop = loop
        self.url = url
        cookies = transfer.request.keepsCookies ? CookieJar() : nil
        redirects = RedirectRules(start: url, mayReturn: cookies != nil)
        isAmongPrivate = transfer.request.isAmongPrivate
        trustedOrigin = url.origin
        userinfo = url.user.map { .basic(user: $0, password: url.password ?? "") }
        startedAt = now
        deadline = now + transfer.request.limits.timeout.clampedMilliseconds
    }

    /// Forgets the request before, for the next one of the same fetch.
    func beginRequest() {
        status = 0
        fields.removeAll()
        headerBytes = 0
        isHeadComplete = false
        awaitsStatus = true
        decoder = ContentDecoder([], limit: 0)
        receivedBytes = 0
        opening = []
        attempts = 0
        wasCutShort = false
        droppedBytes = 0
        hasConnected = false
        hasEnough = false
        refusedAddress = nil
    }

    /// Gives back what the answer of a redirect takes up, before the transfer waits for leave to follow it.
    func forgetAnswer() {
        beginRequest()
        fields = HeaderFields()
    }

    static func from(_ context: UnsafeMutableRawPointer) -> RunningTransfer {
        Unmanaged<RunningTransfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// Whether somebody waits for the body: it is a feed's, or the answer to what was brought.
    var carriesFeed: Bool { status == 200 || status == 226 || request.payload != nil }

    /// Whether the answer leads to another URL that is asked in place of this one.
    var isRedirected: Bool { request.payload == nil && RedirectRules.isRedirect(status: status) }

    // MARK: Callbacks

    /// A line of the header, or of the trailer. Returns what libcurl is to believe was taken.
    func readHeader(_ line: UnsafeBufferPointer<UInt8>) -> Int {
        headerBytes += line.count
        guard headerBytes <= request.limits.maxHeaderBytes else {
            return end(
                FetchFailure(
                    .tooLarge, "the response's header is larger than \(request.limits.maxHeaderBytes) bytes",
                    advice: "tell the publisher"))
        }
        // What follows the header of a final response is a trailer, whatever it looks like.
        if isHeadComplete { return line.count }
        if awaitsStatus {
            guard Self.startsResponse(line) else { return line.count }
            status = Self.status(line)
            fields.removeAll()
            awaitsStatus = false
        } else if line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") {
            if status >= 200 { return completeHead() ? line.count : 0 }
            // After 1xx responses another one comes.
            awaitsStatus = true
        } else {
            fields.append(line: line)
        }
        return line.count
    }

    private static func startsResponse(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        line.count > 5 && line[0] == UInt8(ascii: "H") && line[1] == UInt8(ascii: "T") && line[2] == UInt8(ascii: "T")
            && line[3] == UInt8(ascii: "P") && line[4] == UInt8(ascii: "/")
    }

    private static func status(_ line: UnsafeBufferPointer<UInt8>) -> Int {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return 0 }
        return line[(space + 1)...].prefix(3).decimalNumber() ?? 0
    }

    private func completeHead() -> Bool {
        isHeadComplete = true
        receivedAt = loop.now()
        let labels = ContentCoding.Label.all(fields)
        guard labels.count <= request.limits.maxEncodings else {
            _ = end(
                FetchFailure(
                    .bomb, "the body is encoded \(labels.count) times over",
                    advice: "no honest server does that; check the feed's URL"))
            return false
        }
        decoder = ContentDecoder(labels, limit: request.limits.maxEncodings)
        return true
    }

    func end(_ failure: FetchFailure) -> Int {
        if stop == nil { stop = failure }
        return 0
    }

    /// Judges an address before a socket for it is opened (security.md §2).
    func mayConnect(to address: UnsafeRawPointer, family: Int32, length: Int) -> Bool {
        // A configured proxy is where its owner wants it.
        if usesProxy {
            hasConnected = family == AF_INET || family == AF_INET6
            return hasConnected
        }
        guard let (ip, port) = IPAddress.fromSocket(address, family: family, length: length) else {
            refusedAddress = "an address that is not of the internet"
            return false
        }
        guard addressPolicy.allows(ip, port: port, host: url.host) else {
            refusedAddress = "an address of a private or reserved network"
            return false
        }
        hasConnected = true
        return true
    }

    /// Judges the connection that the request is about to go through: another request may have opened it, under another
    /// policy.
    ///
    /// libcurl calls it each time that it is about to send the request, also where it does so again by itself: up to six
    /// times where a server refuses the stream or ends connections that were kept. Here it may do so once, through a new
    /// connection after one that was dead; what else is tried `TransferLoop` says. HTTP Digest takes an answer and another
    /// request.
    func mayUse(connectionTo address: String, port: Int) -> Bool {
        let connects = handle?.long(CURLINFO_NUM_CONNECTS) ?? 0
        if attempts == 0 { beganOnNewConnection = connects > 0 }
        if attempts > 0 {
            let isChallenged = credentials?.scheme == .digest && status == 401 && attempts < Self.digestAttempts
            let isRevived =
                attempts == 1 && status == 0 && !beganOnNewConnection && connects > 0 && !mayUseHTTP2
            guard isChallenged || isRevived else {
                wasCutShort = true
                return false
            }
            let count = attempts
            beginRequest()
            attempts = count
            outcome.requests += 1
        }
        attempts += 1
        if usesProxy { return true }
        guard let ip = IPAddress(address), let port = UInt16(exactly: port),
            addressPolicy.allows(ip, port: port, host: url.host)
        else {
            refusedAddress = "an address of a private or reserved network"
            return false
        }
        return true
    }

    /// The process may open no more files: the server is not to blame.
    func lacksDescriptors() {
        _ = end(
            FetchFailure(
                .resources, "no socket could be opened: too many files are open",
                advice: "lower [fetch] concurrency, or raise the limit (LimitNOFILE=, ulimit -n)"))
    }

    /// The challenge, the answer to it, and one more where its nonce was too old.
    private static let digestAttempts = 3

    /// None of the body has been handed over yet, so that another one may take its place.
    var isUndelivered: Bool { !hasDelivered }

    /// Forgets what has come of the body, for the same request in another way.
    func forgetBody() {
        body = []
        outcome.decodedBytes = 0
    }

    var usesProxy: Bool { request.proxy != nil }

    /// What the URL at hand may lead to (security.md §2).
    var addressPolicy: AddressPolicy { isAmongPrivate ? request.addressPolicy : request.ledAddressPolicy }

    /// What has led to the URL at hand, where it is not the one that a person wrote.
    var guide: FetchRequest.Guide? { redirects.hops.isEmpty ? request.ledBy : .redirect }

    /// Takes in that the server that has just answered is about to say where the request goes next.
    func observeGuide() {
        // Behind a proxy nobody knows whose word it is, unless the URL has the address.
        let isPrivate = usesProxy ? AddressPolicy.isPrivate(host: url.host) : outcome.isPublicAddress == false
        if !isPrivate { isAmongPrivate = false }
    }

    /// Takes in where a redirect has led, from that URL to the one at hand.
    func observeRedirect(from: WebURL) {
        if !request.leadsAmongPrivate, !url.isOnServer(of: from) { isAmongPrivate = false }
    }

    // MARK: What is handed on

    func takeBody() -> [UInt8] {
        let result = body
        body = []
        return result
    }

    /// Returns the head the first time that it is asked for after the last response has begun, and nil otherwise.
    func takeHead() -> ResponseHead? {
        guard isHeadComplete, !hasDelivered else { return nil }
        hasDelivered = true
        let delay = handle.map {
            $0.offset(CURLINFO_STARTTRANSFER_TIME_T) - $0.offset(CURLINFO_PRETRANSFER_TIME_T)
        }
        return ResponseHead(
            status: status, effectiveURL: url.text, redirects: redirects.hops, fields: fields, receivedAt: receivedAt,
            responseDelayMilliseconds: max(0, delay ?? 0) / 1000, requestSignature: signature,
            wasConditional: isConditional)
    }
}

extension Duration {
    /// Between a millisecond and a week.
    var clampedMilliseconds: Int {
        let (seconds, attoseconds) = components
        let whole = min(max(seconds, 0), 604_800)
        return max(1, Int(whole) * 1000 + Int(max(0, attoseconds) / 1_000_000_000_000_000))
    }
}
