import CCurl
import FeedModel
import Glibc
import TestSupport
import Testing
import Web

@testable import Fetching

@Suite("Each way in which a transfer can fail has a sentence and an advice of its own")
struct TransferFailureTests {
    private func facts(_ phase: TransferFacts.Phase = .waiting) -> TransferFacts {
        var facts = TransferFacts(host: "example.org", port: 443, isSecure: true, phase: phase)
        facts.words = "words of libcurl"
        return facts
    }

    private func failure(_ code: UInt32, _ facts: TransferFacts) -> FetchFailure {
        FetchFailure(CURLcode(rawValue: code), facts)
    }

    @Test("Every result of libcurl's header, of the server and of the proxy, has a message, and an advice")
    func everyCode() {
        for code in 1..<CURL_LAST.rawValue {
            for peer in [TransferFacts.Peer.server, .proxy] {
                var facts = facts()
                facts.peer = peer
                let failure = failure(code, facts)
                #expect(!failure.message.isEmpty && !failure.advice.isEmpty, "\(code)")
                #expect(!failure.message.hasSuffix(".") && !failure.advice.hasSuffix("."), "\(code)")
                if peer == .proxy {
                    #expect(failure.kind == .proxy, "\(code)")
                    #expect(failure.message.contains("proxy"), "\(code)")
                }
            }
        }
    }

    @Test("polling.md §1: a connection that is reset behind the handshake of TLS may have spoken HTTP/2; no other has")
    func resetConnection() {
        for code in [CURLE_RECV_ERROR, CURLE_SEND_ERROR] {
            for phase in [TransferFacts.Phase.waiting, .header, .body] { #expect(facts(phase).mayBeHTTP2(code)) }
            for phase in [TransferFacts.Phase.connecting, .handshake] { #expect(!facts(phase).mayBeHTTP2(code)) }
            var plain = facts()
            plain.isSecure = false
            #expect(!plain.mayBeHTTP2(code))
        }
        #expect(!facts().mayBeHTTP2(CURLE_OPERATION_TIMEDOUT) && !facts().mayBeHTTP2(CURLE_GOT_NOTHING))
        #expect(facts().mayBeHTTP2(CURLE_HTTP2_STREAM))
    }

    @Test("What an HTTP request can end with is told apart, each result by its own message")
    func toldApart() {
        let codes: [CURLcode] = [
            CURLE_OPERATION_TIMEDOUT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CLIENTCERT, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_HTTP2, CURLE_HTTP2_STREAM,
            CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_UNSUPPORTED_PROTOCOL,
            CURLE_WEIRD_SERVER_REPLY, CURLE_PARTIAL_FILE, CURLE_BAD_CONTENT_ENCODING, CURLE_OUT_OF_MEMORY,
            CURLE_NO_CONNECTION_AVAILABLE, CURLE_FILESIZE_EXCEEDED, CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED,
        ]
        let messages = codes.map { FetchFailure($0, facts()).message }
        #expect(Set(messages).count == codes.count)
    }

    @Test("What has nothing to do with a server has an advice, too")
    func advice() {
        for failure in [FetchFailure.bodyTooLarge(1), .cancelled, .url(.zone), .url(.scheme("ftp"))]
            + [FetchFailure.timeoutOfRedirects(FetchLimits())]
        {
            #expect(!failure.message.isEmpty && !failure.advice.isEmpty)
        }
    }

    @Test("Errors of HTTP/2 name the key that keeps it away")
    func http2() {
        for code in [CURLE_HTTP2, CURLE_HTTP2_STREAM] {
            #expect(FetchFailure(code, facts()).advice.contains("http2 = false"))
            var inBody = facts(.body)
            inBody.hasBody = true
            #expect(FetchFailure(code, inBody).kind == .truncated)
            #expect(FetchFailure(code, inBody).advice.contains("http2 = false"))
        }
    }

    @Test("A connection that cannot be made says why, by what the system said")
    func connections() {
        let words: [(Int32, String)] = [
            (ECONNREFUSED, "nobody listens"), (ENETUNREACH, "no way to that network"), (EHOSTUNREACH, "no way"),
            (EACCES, "does not allow"), (EADDRNOTAVAIL, "no free port"), (ECONNRESET, "reset"), (0, "cannot connect"),
        ]
        for (errno, word) in words {
            var facts = facts(.connecting)
            facts.errno = errno
            let failure = FetchFailure(CURLE_COULDNT_CONNECT, facts)
            #expect(failure.kind == .connect && failure.message.contains(word), "\(errno)")
        }
        var reset = facts()
        reset.errno = ECONNRESET
        #expect(FetchFailure(CURLE_RECV_ERROR, reset).message.contains("reset"))
        #expect(FetchFailure(CURLE_RECV_ERROR, reset).advice.contains("firewall"))
    }

    @Test("Too slow says in what, and names the key that gives more time")
    func time() {
        for phase in [TransferFacts.Phase.lookup, .connecting, .handshake] {
            var facts = facts(phase)
            facts.isOutOfTime = false
            #expect(FetchFailure(CURLE_OPERATION_TIMEDOUT, facts).advice.contains("connect_timeout"), "\(phase)")
        }
        for phase in [TransferFacts.Phase.lookup, .connecting, .handshake, .waiting, .header, .body] {
            let failure = FetchFailure(CURLE_OPERATION_TIMEDOUT, facts(phase))
            #expect(failure.kind == .timeout)
            #expect(failure.advice.contains("timeout") && !failure.advice.contains("connect_timeout"), "\(phase)")
        }
        var slow = facts(.body)
        slow.isOutOfTime = false
        #expect(FetchFailure(CURLE_OPERATION_TIMEDOUT, slow).message.contains("100 bytes a second"))
    }

    @Test("What a TLS handshake came to nothing by is told in plain words")
    func handshakes() {
        for (words, message) in [
            ("routines::wrong version number", "does not speak TLS"), ("alert handshake failure", "no cipher"),
            ("tlsv1 alert protocol version", "refuses the versions"), ("unsupported protocol", "too old"),
            ("tlsv13 alert certificate required", "client certificate"),
            ("unrecognized name", "does not know the name"),
            ("SSL_ERROR_SYSCALL in connection", "closed during the handshake"),
        ] {
            var facts = facts(.handshake)
            facts.words = words
            let failure = FetchFailure(CURLE_SSL_CONNECT_ERROR, facts)
            #expect(failure.kind == .tls && failure.message.contains(message), "\(words)")
        }
    }

    @Test("What a proxy answers to CONNECT has a meaning each, and 407 the key for its password")
    func connect() {
        let statuses = [400, 403, 407, 429, 502, 404]
        let messages = statuses.map { FetchFailure.proxy(answeredConnectWith: $0).message }
        #expect(Set(messages).count == statuses.count)
        #expect(FetchFailure.proxy(answeredConnectWith: 407).advice.contains("proxy_auth"))
        for error in 0..<Int(CURLPX_LAST.rawValue) {
            var facts = facts()
            facts.peer = .proxy
            facts.proxyError = error
            #expect(FetchFailure(CURLE_PROXY, facts).message.contains("proxy"), "\(error)")
        }
        var rejected = facts()
        rejected.peer = .proxy
        rejected.proxyError = Int(CURLPX_USER_REJECTED.rawValue)
        #expect(FetchFailure(CURLE_PROXY, rejected).advice.contains("proxy_auth"))
    }
}
