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
            advice: "if this is wanted, write private_networks = [\"\(url.service)\"] in the feed's [[feed]] table")
    }

    /// Adds up what one request has cost.
    func count(_ handle: EasyHandle) {
        let (bytes, overflow) = outcome.wireBytes.addingReportingOverflow(
            handle.offset(CURLINFO_SIZE_DOWNLOAD_T) + handle.long(CURLINFO_HEADER_SIZE))
        if !overflow { outcome.wireBytes = bytes }
        if handle.long(CURLINFO_REQUEST_SIZE) > 0, probedFailure == nil { outcome.requests += 1 }
        if usesProxy { return }
        outcome.isPublicAddress = handle.string(CURLINFO_PRIMARY_IP).flatMap { IPAddress($0) }?.isPublic
    }

    var mayProbe: Bool {
        url.isSecure && !isHeadComplete && request.tlsVerify && trustedOrigin?.isSecure != false
    }

    /// Whether nothing came because the server had given up the connection that was kept open from a request before.
    ///
    /// libcurl then asks again by itself, through the next one that it kept; where a server ends many at once, it gives
    /// up after the sixth, without having tried a new one.
    func lostKeptConnection(_ code: CURLcode, _ handle: EasyHandle) -> Bool {
        guard code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING else { return false }
        return stop == nil && status == 0 && !wantsNewConnection && handle.long(CURLINFO_NUM_CONNECTS) == 0
    }

    /// Why the request failed, by what libcurl says and what the callbacks saw; nil where it did not, redirects
    /// included.
    func failure(_ code: CURLcode, _ handle: EasyHandle) -> FetchFailure? {
        if let stop { return stop }
        if code == CURLE_OK || hasEnough {
            if isHeadComplete, RedirectRules.isRedirect(status: status) { return nil }
            return FetchFailure(status: status, headers: fields, wasConditional: isConditional)
        }
        // A server that says no has said it, however its body ended.
        if isHeadComplete, !carriesFeed, !RedirectRules.isRedirect(status: status),
            let failure = FetchFailure(status: status, headers: fields, wasConditional: isConditional)
        {
            return failure
        }
        if usesProxy, !isHeadComplete, let failure = proxyFailure(code, handle) { return failure }
        if let refusedAddress, code == CURLE_ABORTED_BY_CALLBACK || code == CURLE_COULDNT_CONNECT && !hasConnected {
            return refused(address: refusedAddress)
        }
        return curlFailure(code, handle)
    }

    private func proxyFailure(_ code: CURLcode, _ handle: EasyHandle) -> FetchFailure? {
        let status = handle.long(CURLINFO_HTTP_CONNECTCODE)
        if status >= 300 {
            return FetchFailure(
                .proxy, "the proxy answered \(status)",
                advice: status == 407 ? FetchFailure.proxyAdvice : "it may not let newswire to this host")
        }
        switch code {
        // The server's name is for the proxy to resolve: one that was not resolved here is the proxy's.
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_PROXY, CURLE_COULDNT_CONNECT:
            return .init(.proxy, "the proxy cannot be reached", advice: "check the proxy's address")
        default: return nil
        }
    }

    private func curlFailure(_ code: CURLcode, _ handle: EasyHandle) -> FetchFailure {
        let words = handle.errorMessage
        switch code {
        case CURLE_OPERATION_TIMEDOUT: return timeout(handle)
        case CURLE_COULDNT_RESOLVE_HOST:
            return .init(.dns, "the name \(url.host) cannot be resolved", advice: "check the host name and the network")
        case CURLE_COULDNT_CONNECT:
            return .init(
                .connect, "cannot connect to \(url.host) on port \(url.port)",
                advice: "the server may be down; it is asked again later")
        case CURLE_PEER_FAILED_VERIFICATION:
            return .init(
                .tls, "the server's certificate is not good: \(Self.oneLine(words))",
                advice: "the publisher must renew it; ca_file or tls_verify can make an exception")
        case CURLE_SSL_CACERT_BADFILE:
            return .init(
                .tls, "the file of CA certificates cannot be read", advice: "check ca_file, or install ca-certificates")
        case CURLE_SSL_CERTPROBLEM:
            return .init(.tls, "the client certificate cannot be used", advice: "check client_cert")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED, CURLE_SSL_CLIENTCERT:
            return .init(.tls, "no TLS connection: \(Self.oneLine(words))", advice: "the server's TLS may be too old")
        case CURLE_FILESIZE_EXCEEDED: return .bodyTooLarge(request.limits.maxBody)
        case CURLE_URL_MALFORMAT:
            return .invalid("its URL cannot be asked", "check the feed's URL")
        case CURLE_OUT_OF_MEMORY where !isHeadComplete && status > 0:
            // libcurl's word for a header line of more than 100 KiB.
            return .init(.tooLarge, "a line of the response's header is too long", advice: "tell the publisher")
        default:
            if isHeadComplete, carriesFeed, code != CURLE_BAD_CONTENT_ENCODING || outcome.decodedBytes > 0 {
                return .init(
                    .truncated, "the response broke off: \(Self.oneLine(words))",
                    advice: "it is asked again; tell the publisher if this lasts")
            }
            if url.isSecure, words.contains("alert") {
                // TLS 1.3 tells of a missing client certificate only after the handshake.
                return .init(.tls, "TLS was refused: \(Self.oneLine(words))", advice: "check client_cert")
            }
            return .init(
                .protocolError, "no HTTP response: \(Self.oneLine(words))",
                advice: "check that this is a web server's address")
        }
    }

    /// Says what was being done when the time was over, by the times that libcurl has noted so far.
    private func timeout(_ handle: EasyHandle) -> FetchFailure {
        if isHeadComplete { return .timeout("while the body came") }
        if handle.offset(CURLINFO_STARTTRANSFER_TIME_T) > 0 { return .timeout("while the header came") }
        if handle.offset(CURLINFO_PRETRANSFER_TIME_T) > 0 { return .timeout("while waiting for the response") }
        if handle.offset(CURLINFO_CONNECT_TIME_T) > 0 { return .timeout("during the TLS handshake") }
        if handle.offset(CURLINFO_NAMELOOKUP_TIME_T) > 0 { return .timeout("while connecting") }
        return .timeout(
            "while looking up the name", advice: "check the name server and the network; it is asked again later")
    }

    /// libcurl's words can repeat what the server said.
    private static func oneLine(_ text: String) -> String {
        let clean = String(
            text.unicodeScalars.prefix(200).map { $0.value < 0x20 || $0.value == 0x7f ? " " : Character($0) })
        return clean.isEmpty ? "the connection was closed" : clean
    }
}

extension FetchFailure {
    static func timeout(
        _ phase: String, advice: String = "the server may be busy; it is asked again later"
    ) -> FetchFailure {
        FetchFailure(.timeout, "too slow \(phase)", advice: advice)
    }

    static func url(_ problem: WebURL.Problem) -> FetchFailure {
        switch problem {
        case .malformed: .invalid("its URL is not one", "check the feed's URL")
        case .noHost: .invalid("its URL has no host", "check the feed's URL")
        case .host: .invalid("its URL has a host that none can be called", "check the feed's URL")
        case .port: .invalid("its URL has a port that is none", "check the feed's URL")
        case .scheme(let scheme): .invalid("\(scheme): URLs are not fetched", "only http and https are")
        case .international:
            .invalid("its host's name has no form in ASCII", "write it in the form that begins with xn--")
        case .zone:
            FetchFailure(
                .refusedAddress, "an address of one network interface is not fetched", advice: "use the host's name")
        }
    }

    /// The same, with the dates of the certificate that a connection was made for.
    func with(certificateOf handle: EasyHandle) -> FetchFailure {
        func field(_ name: StaticString) -> String? {
            newswire_curl_certificate_field(
                handle.curl, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self),
                name.utf8CodeUnitCount
            ).map { String(cString: $0) }
        }
        guard let start = field("Start date"), let end = field("Expire date") else { return self }
        return FetchFailure(kind, "\(message) (it is valid from \(start) to \(end))", advice: advice)
    }
}
