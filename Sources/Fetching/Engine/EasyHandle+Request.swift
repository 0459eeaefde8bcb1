import CCurl
import FeedModel
import Glibc
import Web

extension EasyHandle {
    /// Makes the handle ready for the transfer's next request. The transfer must outlive that, until `forgetRequest`.
    ///
    /// Most requests differ from the one before in no more than URL, header and time: what else was set stays.
    ///
    /// - Parameters:
    ///   - timeout: milliseconds that are left for it.
    func prepare(for running: RunningTransfer, now: Timestamp, timeout: Int) throws(FetchFailure) {
        let profile = ConnectionProfile(running)
        if profile != self.profile || running.needsOwnHandle {
            reset()
            set(profile)
            try setCertificate(running)
            setLogin(running)
            running.cookies?.lend(to: self)
            self.profile = profile
        }
        if let payload = running.request.payload { set(payload) }
        setErrorText()
        setContext(Unmanaged.passUnretained(running).toOpaque())
        guard set(CURLOPT_URL, running.url.text) else { throw .invalid("its URL is not one", "check the feed's URL") }
        set(CURLOPT_TIMEOUT_MS, max(1, timeout))
        // Until the body comes (`RunningTransfer.readBody`).
        set(CURLOPT_LOW_SPEED_TIME, 0)
        try setHeaders(for: running, now: now)
    }

    private func set(_ profile: ConnectionProfile) {
        setCallbacks()
        set(CURLOPT_PATH_AS_IS, true)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, false)
        set(CURLOPT_HTTPGET, true)
        set(CURLOPT_NOSIGNAL, true)
        // A resolver thread that hangs is left behind instead of waited for.
        set(CURLOPT_QUICK_EXIT, true)
        set(CURLOPT_HTTP_VERSION, profile.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
        set(CURLOPT_HTTP09_ALLOWED, false)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        set(CURLOPT_UNRESTRICTED_AUTH, false)
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_AUTOREFERER, false)
        set(CURLOPT_CONNECTTIMEOUT_MS, profile.connectTimeout)
        // libcurl goes through all names that it keeps whenever a transfer ends. A few seconds do for a redirect and for the
        // host's next feed.
        set(CURLOPT_DNS_CACHE_TIMEOUT, 5)
        set(CURLOPT_LOW_SPEED_LIMIT, profile.lowSpeedBytes)
        setProxy(profile)
        // Without a folder of CA certificates, the multi handle keeps the parsed bundle.
        set(CURLOPT_CA_CACHE_TIMEOUT, profile.caLifetime)
        newswire_curl_set_string(curl, CURLOPT_CAPATH, nil)
        newswire_curl_set_string(curl, CURLOPT_PROXY_CAPATH, nil)
        if !profile.caFile.isEmpty { set(CURLOPT_CAINFO, profile.caFile) }
        if !profile.tlsVerify {
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if profile.isNewConnection { set(CURLOPT_FRESH_CONNECT, true) }
        if !profile.keepAlive {
            // Neither another feed's connection, which the server may have given up, nor one for another feed.
            set(CURLOPT_FRESH_CONNECT, true)
            set(CURLOPT_FORBID_REUSE, true)
        }
        set(CURLOPT_USERAGENT, profile.userAgent)
    }

    private func setCallbacks() {
        newswire_curl_set_write(curl, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            RunningTransfer.from(context!).readBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        newswire_curl_set_write(curl, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            UnsafeRawBufferPointer(start: bytes, count: size * count).withMemoryRebound(to: UInt8.self) {
                RunningTransfer.from(context!).readHeader($0)
            }
        }
        newswire_curl_set_open_socket(curl) { context, _, address in
            RunningTransfer.openSocket(context!, address!)
        }
        newswire_curl_set_before_request(curl) { context, address, _, port, _ in
            RunningTransfer.from(context!).mayUse(
                connectionTo: address.map { String(cString: $0) } ?? "", port: Int(port))
                ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
    }

    /// An empty proxy keeps libcurl from asking the environment for one.
    private func setProxy(_ profile: ConnectionProfile) {
        set(CURLOPT_PROXY, profile.proxy)
        guard !profile.proxy.isEmpty else { return }
        set(CURLOPT_NOPROXY, "")
        guard let login = profile.proxyLogin else { return }
        set(CURLOPT_PROXYUSERNAME, login.user)
        set(CURLOPT_PROXYPASSWORD, login.password)
        set(CURLOPT_PROXYAUTH, newswire_curl_auth_basic)
    }

    /// What libcurl has to answer a challenge with. It is told nothing where the request must not carry credentials, and
    /// knows no scheme but the one that was asked for, so that no server can have the password in another form.
    private func setLogin(_ running: RunningTransfer) {
        guard running.sendsSecrets, case .digest(let user, let password)? = running.credentials else { return }
        set(CURLOPT_USERNAME, user)
        set(CURLOPT_PASSWORD, password)
        set(CURLOPT_HTTPAUTH, newswire_curl_auth_digest)
    }

    private func setCertificate(_ running: RunningTransfer) throws(FetchFailure) {
        guard running.sendsSecrets, let certificate = running.request.clientCertificate else { return }
        set(CURLOPT_SSLCERTTYPE, "PEM")
        set(CURLOPT_SSLKEYTYPE, "PEM")
        guard set(CURLOPT_SSLCERT_BLOB, certificate.certificate), set(CURLOPT_SSLKEY_BLOB, certificate.key) else {
            throw .invalid("the client certificate cannot be used", "check client_cert: PEM is wanted")
        }
    }

    /// libcurl copies the body, which so lasts as long as the handle may send it, and frees the copy when the handle is
    /// reset: no other request gets a handle that has had one.
    private func set(_ payload: RequestPayload) {
        set(CURLOPT_POST, true)
        newswire_curl_set_offset(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(payload.body.count))
        payload.body.withUnsafeBytes { bytes in
            // Without an address libcurl would ask a callback for the body.
            if let start = bytes.baseAddress {
                newswire_curl_set_pointer(curl, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
            } else {
                set(CURLOPT_COPYPOSTFIELDS, "")
            }
        }
        if payload.method != .post { set(CURLOPT_CUSTOMREQUEST, payload.method.rawValue) }
    }

    private func setHeaders(for running: RunningTransfer, now: Timestamp) throws(FetchFailure) {
        let request = running.request
        let own = running.sendsSecrets ? running.ownHeaders : []
        var accept = request.accept
        for header in own where header.name.lowercased() == "accept" { accept = header.value }
        running.signature = RequestSignature(
            url: running.url.text, userAgent: request.userAgent, accept: accept,
            headers: own + (running.sendsSecrets ? running.credentials?.secret.map { [$0] } ?? [] : []),
            certificate: running.sendsSecrets ? request.clientCertificate : nil)
        let conditions = ValidatorRules.conditions(
            of: request.validators, mode: request.validatorMode, signature: running.signature, now: now)
        running.isConditional = !conditions.isEmpty

        addHeader(name: "Accept-Encoding", value: ContentCoding.accepted)
        try add("Accept", Array(accept.utf8))
        // A pair holds nothing that cannot be sent.
        if let etag = conditions.ifNoneMatch { addHeader(name: "If-None-Match", value: HeaderFields.bytes(etag)) }
        if let date = conditions.ifModifiedSince {
            addHeader(name: "If-Modified-Since", value: HeaderFields.bytes(date))
        }
        if let payload = request.payload {
            try add("Content-Type", Array(payload.contentType.utf8))
            // Else libcurl would wait for a word before it sends a large body, which many servers never say.
            suppressHeader("Expect")
        }
        if !request.keepAlive { try add("Connection", Array("close".utf8)) }
        for header in own where header.name.lowercased() != "accept" { try add(header.name, Array(header.value.utf8)) }
        useHeaders()
    }

    /// A header that is sent because a person wants it: one that cannot be is theirs to put right.
    private func add(_ name: String, _ value: [UInt8]) throws(FetchFailure) {
        let isToken = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }
        guard isToken, !value.contains(where: { $0 < 0x20 && $0 != 9 || $0 == 0x7f }) else {
            throw .invalid(
                "a header cannot be sent: its name or value has characters that do not belong there",
                "check the feed's headers, credentials and User-Agent")
        }
        addHeader(name: name, value: value)
    }
}

extension EasyHandle {
    /// What many requests have in common, without secrets: as long as it is the same, a handle need not be set up anew.
    struct ConnectionProfile: Equatable {
        let userAgent: String
        let proxy: String
        let proxyLogin: FetchRequest.ProxyLogin?
        let caFile: String
        let tlsVerify: Bool
        let http2: Bool
        let keepAlive: Bool
        /// Milliseconds.
        let connectTimeout: Int
        let lowSpeedBytes: Int
        let caLifetime: Int
        /// Not one that was kept open.
        let isNewConnection: Bool

        init(_ running: RunningTransfer) {
            let request = running.request
            userAgent = request.userAgent
            proxy = request.proxy?.text ?? ""
            proxyLogin = request.proxyLogin
            caFile = request.caFile ?? ""
            tlsVerify = request.tlsVerify
            http2 = request.http2 && !running.avoidsHTTP2
            keepAlive = request.keepAlive
            connectTimeout = request.limits.connectTimeout.clampedMilliseconds
            lowSpeedBytes = request.limits.lowSpeedBytes
            caLifetime = running.loop.caLifetime
            isNewConnection = running.wantsNewConnection
        }
    }
}

extension RunningTransfer {
    /// Custom headers and credentials, for the origin that they belong to.
    var ownHeaders: [FetchRequest.Header] {
        guard let header = credentials?.header else { return request.headers }
        return [header] + request.headers.filter { $0.name.lowercased() != "authorization" }
    }

    var credentials: Credentials? {
        if let credentials = request.credentials { return credentials }
        return userinfo
    }

    /// Whether the request carries something that another feed's request must not find in the handle.
    var hasSecrets: Bool {
        cookies != nil
            || sendsSecrets && (request.clientCertificate != nil || credentials != nil || !request.headers.isEmpty)
    }

    /// Whether its handle is neither one that had another request nor one that gets another.
    var needsOwnHandle: Bool { hasSecrets || request.payload != nil }

    static func openSocket(_ context: UnsafeMutableRawPointer, _ address: UnsafeMutablePointer<curl_sockaddr>) -> Int32
    {
        // The address may be longer than the field it begins in.
        let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 16
        let kind = (family: address.pointee.family, type: address.pointee.socktype, protocol: address.pointee.protocol)
        let running = RunningTransfer.from(context)
        guard
            running.mayConnect(
                to: UnsafeRawPointer(address) + offset, family: kind.family, length: Int(address.pointee.addrlen))
        else { return -1 }
        let descriptor = socket(kind.family, kind.type | Int32(SOCK_CLOEXEC.rawValue), kind.protocol)
        if descriptor < 0, errno == EMFILE || errno == ENFILE { running.lacksDescriptors() }
        return descriptor
    }
}
