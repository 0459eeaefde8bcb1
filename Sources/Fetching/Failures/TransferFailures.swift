import CCurl
import FeedModel
import Glibc

/// `TransferFacts` is what is known of a request that libcurl has ended with an error: all that the sentences about it
/// are made of.
struct TransferFacts {
    /// How far the request had come.
    enum Phase: Int {
        case lookup, connecting, handshake, waiting, header, body
    }

    /// Who the other side is while the request gets nowhere.
    enum Peer {
        case server
        /// The proxy, which has not let the request through yet.
        case proxy
    }

    var host: String
    var port: UInt16
    var isSecure: Bool
    var phase: Phase
    var peer = Peer.server
    /// libcurl's own words, on one line; they can repeat what the server said.
    var words = ""
    /// CURLINFO_OS_ERRNO; 0 for none.
    var errno: Int32 = 0
    /// CURLINFO_PROXY_ERROR; 0 for none.
    var proxyError = 0
    /// The person has named a file of certificates.
    var hasOwnBundle = false
    /// The body belongs to a feed, and some of it has come.
    var hasBody = false
    /// A part of the answer's header has come.
    var hasStatus = false
    var limits = FetchLimits()
    /// All the time is over that the fetch had.
    var isOutOfTime = true

    /// Whether libcurl ended the request because of HTTP/2: by its result, or by its words where the server ends the whole
    /// connection.
    func isHTTP2(_ code: CURLcode) -> Bool {
        code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM || words.hasPrefix("HTTP/2 ")
    }

    /// Whether one more request, without HTTP/2, is worth its while: also where the server has ended the whole connection
    /// behind the handshake of TLS, because nothing tells then which version was spoken on it.
    func mayBeHTTP2(_ code: CURLcode) -> Bool {
        let isEnd = code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR
        return isHTTP2(code) || isSecure && isEnd && phase.rawValue >= Phase.waiting.rawValue
    }
}

/// What libcurl's results mean: each one that a request over HTTP can end with has a sentence and an advice of its own.
extension FetchFailure {
    /// - Parameter code: not CURLE_OK, nor CURLE_PEER_FAILED_VERIFICATION of a server, for which there is `certificate`.
    init(_ code: CURLcode, _ facts: TransferFacts) {
        if facts.peer == .proxy {
            self = .proxy(code, facts)
            return
        }
        let words = facts.words
        switch code {
        case CURLE_OPERATION_TIMEDOUT: self = .timeout(facts)
        case CURLE_COULDNT_RESOLVE_HOST:
            self.init(
                .dns, "the name \(facts.host) cannot be resolved",
                advice: "check the host name and the network; is the feed somewhere else by now?")
        case CURLE_COULDNT_CONNECT: self = .connection(facts)
        case CURLE_PEER_FAILED_VERIFICATION:
            self.init(.tls, "the server's certificate is not good: \(words)", advice: "tell the publisher")
        case CURLE_SSL_CACERT_BADFILE:
            self.init(
                .tls, "the file of CA certificates cannot be read (\(words))",
                advice: facts.hasOwnBundle
                    ? "check ca_file: its path, who may read it, and that it is PEM"
                    : "install ca-certificates, or name a bundle in ca_file")
        case CURLE_SSL_CERTPROBLEM:
            self.init(.tls, "the client certificate cannot be used (\(words))", advice: "check client_cert")
        case CURLE_SSL_CLIENTCERT:
            self.init(.tls, "the server wants a client certificate", advice: "set client_cert, or ask the publisher")
        case CURLE_SSL_CONNECT_ERROR: self = .handshake(facts)
        case CURLE_SSL_CIPHER:
            self.init(
                .tls, "no TLS connection: there is no cipher that both sides know (\(words))",
                advice: "the server's TLS is too old; tell the publisher")
        case CURLE_SSL_INVALIDCERTSTATUS:
            self.init(
                .tls, "the server's proof that its certificate was not revoked is not good (\(words))",
                advice: "tell the publisher")
        case CURLE_SSL_ISSUER_ERROR:
            self.init(.tls, "the issuer of the server's certificate is not the one wanted", advice: "check ca_file")
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            self.init(.tls, "the server's key is not the one wanted", advice: "report this as a bug in newswire")
        case CURLE_SSL_CRL_BADFILE:
            self.init(
                .tls, "a revocation list of this machine cannot be read", advice: "check the settings of OpenSSL")
        case CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED:
            self.init(
                .tls, "OpenSSL has no engine \(Self.engineProblem(code))", advice: "check the settings of OpenSSL")
        case CURLE_USE_SSL_FAILED:
            self.init(.tls, "no TLS connection came about", advice: "tell the publisher")
        case CURLE_SSL_SHUTDOWN_FAILED:
            self.init(.tls, "the TLS connection could not be ended", advice: "it is asked again later")
        case CURLE_FILESIZE_EXCEEDED: self = .bodyTooLarge(facts.limits.maxBody)
        case CURLE_URL_MALFORMAT: self = .invalid("its URL cannot be asked", "check the feed's URL")
        case CURLE_OUT_OF_MEMORY where facts.hasStatus && facts.phase != .body:
            // libcurl's word for a header line of more than 100 KiB.
            self.init(.tooLarge, "a line of the response's header is too long", advice: "tell the publisher")
        case CURLE_OUT_OF_MEMORY:
            self.init(.resources, "not enough memory for the request", advice: "poll fewer feeds at a time")
        case CURLE_NO_CONNECTION_AVAILABLE:
            self.init(
                .resources, "no connection was free", advice: "raise [fetch] concurrency, or poll fewer at a time")
        case CURLE_UNRECOVERABLE_POLL, CURLE_INTERFACE_FAILED, CURLE_FAILED_INIT:
            self.init(
                .resources, "this machine gave no connection (\(Self.name(code)))", advice: "look at its limits and log"
            )
        case _ where facts.phase == .body && facts.hasBody: self = .truncated(code, facts)
        case _ where facts.isHTTP2(code): self = .http2(code, facts)
        case CURLE_HTTP3, CURLE_QUIC_CONNECT_ERROR:
            self.init(
                .protocolError, "HTTP/3 failed (\(words))", advice: "report this as a bug in newswire: it asks for none"
            )
        case CURLE_GOT_NOTHING:
            self.init(
                .protocolError, "no HTTP response: the server closed the connection without a word",
                advice: "check the URL's port and scheme; it may be blocking newswire, which its publisher can tell")
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR: self = .reset(code, facts)
        case CURLE_UNSUPPORTED_PROTOCOL:
            self.init(
                .protocolError, "no HTTP response: what answered speaks something else",
                advice: "check that this is a web server's address and port")
        case CURLE_WEIRD_SERVER_REPLY:
            self.init(
                .protocolError, "no HTTP response that can be read: \(words)",
                advice: "check that this is a web server's address; tell the publisher")
        case CURLE_PARTIAL_FILE:
            self.init(
                .truncated, "the response ended before its body began (\(words))",
                advice: "it is asked again; tell the publisher if this lasts")
        case CURLE_BAD_CONTENT_ENCODING:
            self.init(
                .protocolError, "the body has an encoding that cannot be undone (\(words))",
                advice: "tell the publisher")
        case CURLE_TOO_MANY_REDIRECTS:
            self.init(.redirect, "redirected too often", advice: "configure the URL at the end of the chain")
        case CURLE_LOGIN_DENIED, CURLE_AUTH_ERROR, CURLE_REMOTE_ACCESS_DENIED:
            self.init(
                .unauthorized, "the credentials could not be used (\(Self.name(code)))",
                advice: "check the feed's credentials")
        case CURLE_HTTP_RETURNED_ERROR:
            self.init(.httpStatus, "the server answered with an error", advice: "it is asked again later")
        case CURLE_ABORTED_BY_CALLBACK, CURLE_WRITE_ERROR, CURLE_READ_ERROR:
            self.init(
                .protocolError, "the transfer was broken off (\(Self.name(code)))",
                advice: "it is asked again; report this as a bug in newswire if it lasts")
        default:
            self.init(
                .protocolError, "libcurl ended the transfer for a reason of its own (\(Self.name(code)))",
                advice: "report this as a bug in newswire")
        }
    }

    /// libcurl's number and short text for a result.
    private static func name(_ code: CURLcode) -> String {
        "\(curl_easy_strerror(code).map { String(cString: $0) } ?? "error"), code \(code.rawValue)"
    }

    private static func engineProblem(_ code: CURLcode) -> String {
        switch code {
        case CURLE_SSL_ENGINE_NOTFOUND: "by the name that was asked for"
        case CURLE_SSL_ENGINE_SETFAILED: "that can be used"
        default: "that begins"
        }
    }

    // MARK: Connections

    private static func connection(_ facts: TransferFacts) -> FetchFailure {
        let place = "\(facts.host) on port \(facts.port)"
        let message: String
        let advice: String
        switch facts.errno {
        case ECONNREFUSED:
            message = "cannot connect to \(place): nobody listens there"
            advice = "the server may be down; it is asked again later"
        case ENETUNREACH, EHOSTUNREACH, EAFNOSUPPORT:
            message = "cannot connect to \(place): there is no way to that network"
            advice = "check this machine's network, IPv6 included; it is asked again later"
        case EACCES, EPERM:
            message = "cannot connect to \(place): this machine does not allow it"
            advice = "look at its firewall, and at IPAddressAllow= and the like of the service"
        case EADDRNOTAVAIL:
            message = "cannot connect to \(place): this machine has no free port"
            advice = "lower [fetch] concurrency"
        case ECONNRESET:
            message = "cannot connect to \(place): the connection was reset"
            advice = "a firewall on the way may do that, this side's or the publisher's; it is asked again later"
        default:
            message = "cannot connect to \(place)"
            advice = "the server may be down; it is asked again later"
        }
        return FetchFailure(.connect, message, advice: advice)
    }

    private static func reset(_ code: CURLcode, _ facts: TransferFacts) -> FetchFailure {
        if facts.isSecure, facts.words.contains("alert") {
            // TLS 1.3 tells of a missing client certificate only after the handshake.
            return FetchFailure(.tls, "TLS was refused: \(facts.words)", advice: "check client_cert")
        }
        let words = facts.words.isEmpty ? "the connection was closed" : facts.words
        let what =
            code == CURLE_SEND_ERROR
            ? "the request could not be sent"
            : facts.errno == ECONNRESET || words.lowercased().contains("reset")
                ? "the connection was reset" : "the connection broke"
        return FetchFailure(
            .protocolError, "no HTTP response: \(what) (\(words))",
            advice:
                "a firewall on the way may do that, this side's or the publisher's, which may be blocking newswire; "
                + "it is asked again later")
    }

    private static func http2(_ code: CURLcode, _ facts: TransferFacts) -> FetchFailure {
        FetchFailure(
            .protocolError,
            "no HTTP response: \(code == CURLE_HTTP2 ? "HTTP/2 failed" : "HTTP/2 broke off") (\(facts.words))",
            advice: "write http2 = false in the feed's [[feed]] table")
    }

    private static func truncated(_ code: CURLcode, _ facts: TransferFacts) -> FetchFailure {
        let words = facts.words.isEmpty ? "the connection was closed" : facts.words
        return FetchFailure(
            .truncated, "the response broke off: \(words)",
            advice: facts.isHTTP2(code)
                ? "it is asked again; if this lasts, write http2 = false in the feed's [[feed]] table"
                : "it is asked again; tell the publisher if this lasts")
    }

    // MARK: Time

    /// Says what was being done when the time was over, and which key gives more of it.
    static func timeout(_ facts: TransferFacts) -> FetchFailure {
        let all = "it is asked again later; timeout gives it more time than \(shown(facts.limits.timeout))"
        let connecting =
            facts.isOutOfTime
            ? all
            : "it is asked again later; connect_timeout gives it more time than \(shown(facts.limits.connectTimeout))"
        var failure: FetchFailure
        switch facts.phase {
        case .lookup:
            return timeout("while looking up the name", "check the name server and the network; \(connecting)")
        case .connecting:
            return timeout("while connecting", "a firewall may drop what is sent, or the server is down; \(connecting)")
        case .handshake: return timeout("during the TLS handshake", "the server may be busy; \(connecting)")
        case .waiting: return timeout("while waiting for the response", "the server may be busy; \(all)")
        case .header: return timeout("while the header came", "the server may be busy; \(all)")
        case .body where facts.isOutOfTime: failure = timeout("while the body came", "the server may be busy; \(all)")
        case .body:
            failure = timeout(
                "while the body came: less than \(facts.limits.lowSpeedBytes) bytes a second for "
                    + "\(facts.limits.lowSpeedSeconds) s",
                "the server may be busy; it is asked again later; a longer timeout allows longer pauses, two thirds of it"
            )
        }
        failure.isSlowBody = true
        return failure
    }

    /// A fetch whose time was over before another hop could be asked.
    static func timeoutOfRedirects(_ limits: FetchLimits) -> FetchFailure {
        timeout(
            "while following redirects",
            "configure the URL at the end of the chain; timeout gives it more time than \(shown(limits.timeout))")
    }

    private static func timeout(_ phase: String, _ advice: String) -> FetchFailure {
        FetchFailure(.timeout, "too slow \(phase)", advice: advice)
    }

    private static func shown(_ duration: Duration) -> String {
        let milliseconds = duration.clampedMilliseconds
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
