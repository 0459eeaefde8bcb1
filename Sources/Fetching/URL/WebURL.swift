import CCurl

/// An http or https URL taken apart by the parser that libcurl connects with, so that what is checked is what is asked.
struct WebURL: Sendable, Equatable {
    /// As it is sent: without userinfo and fragment, path and query as they were given.
    let text: String
    let isSecure: Bool
    /// In lower case, without brackets and without a dot at its end; an IPv4 address in any of its forms is written with
    /// four numbers.
    let host: String
    /// The same with the dot at its end, where it has one.
    private let sentHost: String
    let port: UInt16
    /// Decoded; nil where the URL has none.
    let user: String?
    let password: String?

    /// Scheme, host and port: what credentials are bound to (security.md §12).
    var origin: Origin { Origin(isSecure: isSecure, host: sentHost, port: port) }

    /// Host and port as an entry of `private_networks` names them.
    var service: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    struct Origin: Sendable, Equatable {
        let isSecure: Bool
        let host: String
        let port: UInt16
    }

    enum Problem: Error, Equatable {
        case malformed
        /// Another scheme than http and https; its name.
        case scheme(String)
        /// An address of one interface (`fe80::1%eth0`).
        case zone
        /// A host in another script than ASCII.
        case international
    }

    /// - Parameter isConfigured: dot segments in the path stay (polling.md §1: as configured).
    init(_ text: String, isConfigured: Bool = true) throws(Problem) {
        try self.init(base: nil, Array(text.utf8), flags: isConfigured ? UInt32(CURLU_PATH_AS_IS) : 0)
    }

    /// Where a Location header leads, without its userinfo.
    func resolving(_ location: [UInt8]) throws(Problem) -> WebURL {
        let target = try WebURL(base: text, location, flags: 0)
        return target.user == nil && target.password == nil ? target : target.withoutUser
    }

    private init(base: String?, _ reference: [UInt8], flags: UInt32) throws(Problem) {
        // A longer one is no use to anybody; controls would end the text early for C.
        guard !reference.isEmpty, reference.count <= 32_768, !reference.contains(where: { $0 < 0x20 || $0 == 0x7f })
        else { throw .malformed }
        guard let url = curl_url() else { throw .malformed }
        defer { curl_url_cleanup(url) }
        let flags = flags | UInt32(CURLU_NON_SUPPORT_SCHEME) | UInt32(CURLU_URLENCODE)
        if let base {
            // Already read once.
            guard base.withCString({ curl_url_set(url, CURLUPART_URL, $0, UInt32(CURLU_PATH_AS_IS)) }) == CURLUE_OK
            else { throw .malformed }
        }
        let terminated = reference + [0]
        let code = terminated.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { curl_url_set(url, CURLUPART_URL, $0.baseAddress, flags) }
        }
        guard code == CURLUE_OK else { throw .malformed }
        let scheme = Self.part(url, CURLUPART_SCHEME)?.lowercased() ?? ""
        guard scheme == "http" || scheme == "https" else { throw .scheme(scheme) }
        guard Self.part(url, CURLUPART_ZONEID) == nil else { throw .zone }
        guard let port = Self.part(url, CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)).flatMap({ UInt16($0) }), port > 0
        else { throw .malformed }
        user = Self.part(url, CURLUPART_USER, UInt32(CURLU_URLDECODE))
        password = Self.part(url, CURLUPART_PASSWORD, UInt32(CURLU_URLDECODE))
        curl_url_set(url, CURLUPART_USER, nil, 0)
        curl_url_set(url, CURLUPART_PASSWORD, nil, 0)
        curl_url_set(url, CURLUPART_FRAGMENT, nil, 0)
        host = try Self.settledHost(of: url)
        guard let text = Self.part(url, CURLUPART_URL), let sentHost = Self.part(url, CURLUPART_HOST) else {
            throw .malformed
        }
        self.text = text
        self.sentHost = sentHost.lowercased()
        isSecure = scheme == "https"
        self.port = port
    }

    /// How often a host may turn out to be another one in disguise: other signs, then a dot at the end.
    private static let disguises = 3

    /// The host that a URL means, which the URL then has: libcurl reads its text once more to connect.
    private static func settledHost(of url: OpaquePointer) throws(Problem) -> String {
        for _ in 0..<disguises {
            guard let host = part(url, CURLUPART_HOST) else { throw .malformed }
            if host.hasPrefix("[") { return host.dropFirst().dropLast().lowercased() }
            switch HostName(host) {
            case .name(let name): return name
            case .written(let text):
                guard text.withCString({ curl_url_set(url, CURLUPART_HOST, $0, 0) }) == CURLUE_OK,
                    let whole = part(url, CURLUPART_URL),
                    whole.withCString({ curl_url_set(url, CURLUPART_URL, $0, UInt32(CURLU_PATH_AS_IS)) }) == CURLUE_OK
                else { throw .malformed }
            case .international: throw .international
            case .none: throw .malformed
            }
        }
        throw .malformed
    }

    private init(_ other: WebURL) {
        text = other.text
        isSecure = other.isSecure
        host = other.host
        sentHost = other.sentHost
        port = other.port
        user = nil
        password = nil
    }

    private var withoutUser: WebURL { WebURL(self) }

    private static func part(_ url: OpaquePointer, _ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
