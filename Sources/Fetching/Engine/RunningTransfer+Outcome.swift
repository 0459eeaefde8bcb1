import CCurl
import FeedModel
import Web

extension RunningTransfer {
    /// What has to hold of a URL before anything is sent there: of the first and of each redirect's target.
    func checkTarget() throws(FetchFailure) {
        guard addressPolicy.allows(port: url.port, host: url.host) else {
            throw refused(
                guide == nil
                    ? "port \(url.port) belongs to other services than web servers"
                    : "port \(url.port) of \(url.host), which belongs to other services than web servers")
        }
        if usesProxy, !addressPolicy.allowsThroughProxy(host: url.host, port: url.port) {
            throw refused(address: "an address of a private or reserved network")
        }
    }

    private func refused(address what: String) -> FetchFailure {
        refused(guide == nil ? "\(url.host) leads to \(what)" : "\(url.host), \(what)")
    }

    /// Whoever opens the way for what a server elsewhere has said opens it for whatever it will say.
    private func refused(_ what: String) -> FetchFailure {
        if let guide {
            return FetchFailure(
                .refusedAddress, "a \(guide.rawValue) led to \(what)",
                advice: "it is not followed; tell the publisher, or look for another URL of the feed")
        }
        return FetchFailure(
            .refusedAddress, what,
            advice: "if this is wanted, write private_networks = [\"\(url.service)\"] in "
                + (request.payload == nil ? "the feed's [[feed]] table" : "[deliver]"))
    }

    /// Adds up what one request has cost.
    func count(_ handle: EasyHandle) {
        let (bytes, overflow) = outcome.wireBytes.addingReportingOverflow(
            handle.offset(CURLINFO_SIZE_DOWNLOAD_T) + handle.long(CURLINFO_HEADER_SIZE))
        if !overflow { outcome.wireBytes = bytes }
        if handle.long(CURLINFO_REQUEST_SIZE) > 0, probedResult == nil { outcome.requests += 1 }
        if usesProxy { return }
        let address = handle.string(CURLINFO_PRIMARY_IP)
        outcome.isPublicAddress = address.flatMap { IPAddress($0) }?.isPublic
        outcome.address = outcome.isPublicAddress == nil ? nil : address
    }

    // MARK: Another try

    /// Whether a certificate was refused that is worth a look.
    func mayProbe(_ code: CURLcode) -> Bool {
        code == CURLE_PEER_FAILED_VERIFICATION && !isHeadComplete && request.tlsVerify && isPastProxy
            && trustedOrigin?.isSecure != false
    }

    /// Whether nothing came because the server had given up the connection that was kept open from a request before.
    ///
    /// libcurl would ask again by itself, through the next one that it kept, and give up after the sixth without having
    /// tried a new one.
    func lostKeptConnection(_ code: CURLcode, _ handle: EasyHandle) -> Bool {
        guard stop == nil, status == 0, !wantsNewConnection else { return false }
        if wasCutShort { return true }
        guard code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING else { return false }
        return handle.long(CURLINFO_NUM_CONNECTS) == 0
    }

    /// Whether the request failed by HTTP/2, and is worth another one without it.
    func failedByHTTP2(_ code: CURLcode, _ handle: EasyHandle) -> Bool {
        guard stop == nil, mayUseHTTP2, !isHeadComplete || carriesFeed && request.payload == nil, isUndelivered,
            isPastProxy
        else { return false }
        if transferFacts(handle).mayBeHTTP2(code) { return true }
        return wasCutShort && beganOnNewConnection
    }

    var mayUseHTTP2: Bool { request.http2 && url.isSecure && !avoidsHTTP2 }

    /// The request has got past the proxy, if there is one.
    private var isPastProxy: Bool {
        guard usesProxy, !isHeadComplete, let handle else { return true }
        return url.isSecure && handle.long(CURLINFO_HTTP_CONNECTCODE) / 100 == 2
            || request.proxy?.isSOCKS == true && attempts > 0
    }

    // MARK: Why

    /// Why the request failed, by what libcurl says and what the callbacks saw; nil where it did not, redirects
    /// included.
    func failure(_ code: CURLcode, _ handle: EasyHandle) -> FetchFailure? {
        if let stop { return stop }
        if code == CURLE_OK || hasEnough {
            if isHeadComplete, isRedirected || request.payload != nil { return nil }
            return FetchFailure(statusFacts)
        }
        // A server that says no has said it, however its body ended.
        if isHeadComplete, !carriesFeed, !isRedirected,
            let failure = FetchFailure(statusFacts)
        {
            return failure
        }
        let connect = handle.long(CURLINFO_HTTP_CONNECTCODE)
        if usesProxy, !isHeadComplete, connect >= 300 { return .proxy(answeredConnectWith: connect) }
        if let refusedAddress, code == CURLE_ABORTED_BY_CALLBACK || code == CURLE_COULDNT_CONNECT && !hasConnected {
            return refused(address: refusedAddress)
        }
        if code == CURLE_PEER_FAILED_VERIFICATION, isPastProxy {
            return certificateFailure(verifyResult(handle), facts: nil)
        }
        return FetchFailure(code, transferFacts(handle))
    }

    /// What OpenSSL has against the certificate, as `CertificateProblem` takes it. The name libcurl looks at by itself, and
    /// it leaves 1 in the place of a result then.
    func verifyResult(_ handle: EasyHandle) -> Int {
        let words = handle.errorMessage
        let isName = words.contains("subject name") || words.contains("common name")
        return isName ? 0 : handle.long(CURLINFO_SSL_VERIFYRESULT)
    }

    /// - Parameter facts: what a look at the certificate has shown.
    func certificateFailure(_ result: Int, facts: CertificateFacts?) -> FetchFailure {
        .certificate(
            verifyResult: result, host: url.host, facts: facts, now: loop.now(),
            isClockDoubtful: loop.isClockDoubtful)
    }

    private var statusFacts: StatusFacts {
        var facts = StatusFacts(status: status)
        facts.headers = fields
        facts.opening = opening
        facts.wasConditional = isConditional
        facts.credentials = sendsSecrets ? credentials?.scheme : nil
        facts.usesProxy = usesProxy
        return facts
    }

    private func transferFacts(_ handle: EasyHandle) -> TransferFacts {
        var facts = TransferFacts(host: url.host, port: url.port, isSecure: url.isSecure, phase: phase(handle))
        facts.peer = isPastProxy ? .server : .proxy
        facts.words = FetchFailure.oneLine(handle.errorMessage)
        facts.errno = Int32(truncatingIfNeeded: handle.long(CURLINFO_OS_ERRNO))
        facts.proxyError = handle.long(CURLINFO_PROXY_ERROR)
        facts.hasOwnBundle = request.caFile?.isEmpty == false
        facts.hasBody = carriesFeed
        facts.hasStatus = status > 0
        facts.limits = request.limits
        // libcurl's timer may be a little early.
        facts.isOutOfTime = deadline - SteadyClock.milliseconds() < 100
        return facts
    }

    /// What was being done last, by the times that libcurl has noted so far.
    private func phase(_ handle: EasyHandle) -> TransferFacts.Phase {
        if isHeadComplete { return .body }
        if handle.offset(CURLINFO_STARTTRANSFER_TIME_T) > 0 { return .header }
        if handle.offset(CURLINFO_PRETRANSFER_TIME_T) > 0 { return .waiting }
        if handle.offset(CURLINFO_CONNECT_TIME_T) > 0 { return .handshake }
        return handle.offset(CURLINFO_NAMELOOKUP_TIME_T) > 0 ? .connecting : .lookup
    }
}

extension CertificateFacts {
    /// What a connection that was made for the certificate has shown of it.
    init(_ handle: EasyHandle) {
        func field(_ name: StaticString) -> String? {
            newswire_curl_certificate_field(
                handle.curl, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self),
                name.utf8CodeUnitCount
            ).map { String(cString: $0) }
        }
        start = field("Start date")
        end = field("Expire date")
        issuer = field("Issuer")
        sent = Int(newswire_curl_certificates(handle.curl))
    }
}
