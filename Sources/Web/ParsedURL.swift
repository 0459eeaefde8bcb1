import CCurl

/// A URL in the hands of libcurl's parser, which is also the one that libcurl connects with.
///
/// It owns the parser's handle; what it returns are copies.
struct ParsedURL: ~Copyable {
    private let handle: OpaquePointer

    /// Longest text that is read, in bytes. A longer one is no use to anybody.
    private static let limit = 32_768
    /// Other schemes than libcurl's are read too, and what cannot be sent as it is gets percent-encoded.
    private static let tolerant = UInt32(CURLU_NON_SUPPORT_SCHEME) | UInt32(CURLU_URLENCODE)

    /// Reads a URL, or a reference to another one relative to `base`.
    ///
    /// - Parameters:
    ///   - base: in the form of `WebURL.text`.
    ///   - keepsPath: dot segments in the path stay.
    init(_ reference: some Collection<UInt8>, base: String? = nil, keepsPath: Bool) throws(WebURL.Problem) {
        // Controls would end the text early for C.
        guard !reference.isEmpty, reference.count <= Self.limit,
            !reference.contains(where: { $0 < 0x20 || $0 == 0x7f }), let handle = curl_url()
        else { throw .malformed }
        do {
            if let base { try Self.set(CURLUPART_URL, base, of: handle) }
            var terminated: [UInt8] = []
            terminated.reserveCapacity(reference.count + 1)
            terminated.append(contentsOf: reference)
            terminated.append(0)
            let flags = Self.tolerant | (keepsPath ? UInt32(CURLU_PATH_AS_IS) : 0)
            try Self.check(
                terminated.withUnsafeBufferPointer { bytes in
                    bytes.withMemoryRebound(to: CChar.self) {
                        curl_url_set(handle, CURLUPART_URL, $0.baseAddress, flags)
                    }
                })
        } catch {
            curl_url_cleanup(handle)
            throw error
        }
        self.handle = handle
    }

    deinit { curl_url_cleanup(handle) }

    var scheme: String { part(CURLUPART_SCHEME)?.lowercased() ?? "" }
    /// Decoded.
    var user: String? { part(CURLUPART_USER, UInt32(CURLU_URLDECODE)) }
    /// Decoded.
    var password: String? { part(CURLUPART_PASSWORD, UInt32(CURLU_URLDECODE)) }
    /// Whether its host is an address of one network interface (`fe80::1%eth0`).
    var hasZone: Bool { part(CURLUPART_ZONEID) != nil }
    /// The host, with brackets where it is an IPv6 address.
    var host: String? { part(CURLUPART_HOST) }
    /// The port as it was written; nil where none was.
    var writtenPort: String? { part(CURLUPART_PORT) }
    /// The one that was written, else that of http or https.
    var port: UInt16? { part(CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)).flatMap { UInt16($0) } }
    var path: String { part(CURLUPART_PATH) ?? "" }
    var query: String? { part(CURLUPART_QUERY) }
    var fragment: String? { part(CURLUPART_FRAGMENT) }
    var text: String? { part(CURLUPART_URL) }

    func removeUser() {
        curl_url_set(handle, CURLUPART_USER, nil, 0)
        curl_url_set(handle, CURLUPART_PASSWORD, nil, 0)
    }

    func removeFragment() { curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0) }

    /// How often a host may turn out to be another one in disguise: another script, then a dot at the end.
    private static let disguises = 3

    /// Gives the URL the host that it means, in the form in which it is asked, and returns that host as `WebURL.host`
    /// has it.
    ///
    /// libcurl connects to what it reads in the text of the whole URL, so that is read once more after each change.
    func settleHost() throws(WebURL.Problem) -> String {
        for _ in 0..<Self.disguises {
            guard let host = part(CURLUPART_HOST) else { throw .noHost }
            if host.hasPrefix("[") {
                // libcurl shortens an address only where that makes the text shorter.
                guard let address = IPAddress(String(host.dropFirst().dropLast())) else { throw .host }
                return "\(address)"
            }
            if !host.utf8.allSatisfy({ $0 < 0x80 }) {
                try replaceHost(by: asciiHost())
                continue
            }
            switch HostName(host) {
            case .name(let name): return name
            case .written(let text): try replaceHost(by: text)
            case .none: throw .host
            }
        }
        throw .host
    }

    private func replaceHost(by text: String) throws(WebURL.Problem) {
        try Self.set(CURLUPART_HOST, text, of: handle)
        guard let whole = self.text else { throw .host }
        try Self.set(CURLUPART_URL, whole, of: handle)
    }

    /// It is never freed, and nobody changes it: all threads share it.
    nonisolated(unsafe) private static let unicode = newswire_unicode_locale()

    /// Returns the host by IDNA (UTS #46), as libcurl's library for that has it.
    private func asciiHost() throws(WebURL.Problem) -> String {
        var text: UnsafeMutablePointer<CChar>?
        guard newswire_curl_url_ascii_host(handle, Self.unicode, &text) == CURLUE_OK, let text else {
            throw .international
        }
        defer { curl_free(text) }
        return String(cString: text)
    }

    /// Sets a part to what has been read once already.
    private static func set(_ part: CURLUPart, _ text: String, of handle: OpaquePointer) throws(WebURL.Problem) {
        let flags = UInt32(CURLU_PATH_AS_IS) | UInt32(CURLU_NON_SUPPORT_SCHEME)
        try check(text.withCString { curl_url_set(handle, part, $0, flags) })
    }

    private func part(_ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func check(_ code: CURLUcode) throws(WebURL.Problem) {
        switch code {
        case CURLUE_OK: return
        case CURLUE_NO_HOST: throw .noHost
        case CURLUE_BAD_HOSTNAME, CURLUE_BAD_IPV6: throw .host
        case CURLUE_BAD_PORT_NUMBER: throw .port
        default: throw .malformed
        }
    }
}
