import CCurl
import FeedModel

/// What is wrong with a proxy that has not let a request through: it is named as the one to look at.
extension FetchFailure {
    static let proxyCredentials =
        "set proxy_auth = { user = \"…\", password = SECRET } beside proxy, or check the password"

    static func proxy(_ code: CURLcode, _ facts: TransferFacts) -> FetchFailure {
        func failure(_ message: String, _ advice: String) -> FetchFailure {
            FetchFailure(.proxy, message, advice: advice)
        }
        let words = facts.words.isEmpty ? "" : " (\(facts.words))"
        switch code {
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST:
            return failure("the proxy cannot be reached: its name cannot be resolved", "check the proxy's address")
        case CURLE_COULDNT_CONNECT:
            return failure("the proxy cannot be reached: nobody answers there", "check proxy, and whether it runs")
        case CURLE_PROXY: return failure(socks(facts.proxyError) + words, socksAdvice(facts.proxyError))
        case CURLE_OPERATION_TIMEDOUT:
            let what =
                switch facts.phase {
                case .lookup: "its name is looked up for too long"
                case .connecting: "the connection to it, or from it to the server, takes too long"
                default: "it does not answer in time"
                }
            return failure(
                "the proxy is too slow: \(what)",
                "check proxy, and whether it reaches the server; connect_timeout and timeout give it more time")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE:
            return failure(
                "no TLS connection to the proxy\(words)", "check proxy: http:// where it has no TLS; ca_file")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            return failure(
                "what answers at the proxy's address is no HTTP proxy\(words)", "check proxy: scheme and port")
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            return failure(
                "the proxy closed the connection without an answer\(words)",
                "check proxy: its scheme, its port, and whether it lets newswire in")
        default:
            return failure("the request did not get past the proxy\(words)", "check proxy")
        }
    }

    /// The proxy has answered CONNECT with something else than a way to the server.
    static func proxy(answeredConnectWith status: Int) -> FetchFailure {
        let message: String
        let advice: String
        switch status {
        case 407:
            message = "wants credentials"
            advice = proxyCredentials
        case 403, 405:
            message = "does not let newswire to this host or port"
            advice = "ask whoever runs the proxy to allow it"
        case 400, 501:
            message = "does not understand CONNECT"
            advice = "check proxy: it may be no proxy for https"
        case 429:
            message = "has had too many requests"
            advice = "lower [fetch] concurrency"
        case 502, 503, 504:
            message = "does not reach the server"
            advice = "the server may be down, or its name unknown to the proxy; it is asked again later"
        default:
            message = "gave no way to the server"
            advice = "ask whoever runs the proxy; is it a proxy at all?"
        }
        return FetchFailure(.proxy, "the proxy answered \(status): it \(message)", advice: advice)
    }

    /// By libcurl's CURLPX_ numbers.
    private static func socks(_ error: Int) -> String {
        switch CURLproxycode(UInt32(truncatingIfNeeded: error)) {
        case CURLPX_USER_REJECTED, CURLPX_NO_AUTH, CURLPX_IDENTD, CURLPX_IDENTD_DIFFER, CURLPX_RECV_AUTH,
            CURLPX_SEND_AUTH:
            "the proxy wants credentials, or refuses those it was sent"
        case CURLPX_BAD_VERSION, CURLPX_RECV_CONNECT, CURLPX_CLOSED, CURLPX_UNKNOWN_MODE:
            "what answers at the proxy's address is no SOCKS proxy of this version"
        case CURLPX_RESOLVE_HOST: "the proxy cannot resolve the server's name"
        case CURLPX_REPLY_CONNECTION_REFUSED: "the proxy was refused by the server: nobody listens there"
        case CURLPX_REPLY_HOST_UNREACHABLE, CURLPX_REPLY_NETWORK_UNREACHABLE: "the proxy has no way to the server"
        case CURLPX_REPLY_NOT_ALLOWED: "the proxy does not let newswire to this host or port"
        case CURLPX_REPLY_TTL_EXPIRED: "the proxy's way to the server is too long"
        case CURLPX_REPLY_GENERAL_SERVER_FAILURE, CURLPX_REQUEST_FAILED: "the proxy could not reach the server"
        case CURLPX_REPLY_ADDRESS_TYPE_NOT_SUPPORTED, CURLPX_BAD_ADDRESS_TYPE:
            "the proxy knows no names, only addresses"
        case CURLPX_REPLY_COMMAND_NOT_SUPPORTED: "the proxy makes no connections"
        case CURLPX_LONG_HOSTNAME: "the server's name is too long for the proxy"
        case CURLPX_LONG_PASSWD, CURLPX_LONG_USER: "the proxy's user or password is too long for SOCKS"
        case CURLPX_GSSAPI, CURLPX_GSSAPI_PERMSG, CURLPX_GSSAPI_PROTECTION: "the proxy wants Kerberos (GSS-API)"
        default: "the proxy did not let the request through"
        }
    }

    private static func socksAdvice(_ error: Int) -> String {
        switch CURLproxycode(UInt32(truncatingIfNeeded: error)) {
        case CURLPX_USER_REJECTED, CURLPX_NO_AUTH, CURLPX_IDENTD, CURLPX_IDENTD_DIFFER, CURLPX_RECV_AUTH,
            CURLPX_SEND_AUTH, CURLPX_LONG_PASSWD, CURLPX_LONG_USER:
            proxyCredentials
        case CURLPX_REPLY_CONNECTION_REFUSED, CURLPX_REPLY_HOST_UNREACHABLE, CURLPX_REPLY_NETWORK_UNREACHABLE,
            CURLPX_REPLY_TTL_EXPIRED, CURLPX_REPLY_GENERAL_SERVER_FAILURE, CURLPX_REQUEST_FAILED, CURLPX_RESOLVE_HOST:
            "the server may be down; it is asked again later"
        case CURLPX_GSSAPI, CURLPX_GSSAPI_PERMSG, CURLPX_GSSAPI_PROTECTION: "newswire cannot do that; use another proxy"
        case CURLPX_REPLY_NOT_ALLOWED: "ask whoever runs the proxy to allow it"
        default: "check proxy: its scheme and port"
        }
    }
}
