import CCurl

/// `EasyHandle` is one `CURL *` with what must live as long as it does. It stays on the engine's thread.
final class EasyHandle {
    let curl: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var isClosed = false
    /// What the handle is set up for; nil where it is not, or not wholly.
    var profile: ConnectionProfile?

    init?() {
        guard let curl = curl_easy_init() else { return nil }
        self.curl = curl
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        close()
        curl_slist_free_all(headers)
        errorText.deallocate()
    }

    /// Closes its connections. Nothing else may be done with the handle after that.
    func close() {
        if !isClosed { curl_easy_cleanup(curl) }
        isClosed = true
    }

    /// Forgets everything about the last request but the connections and names that it led to.
    func reset() {
        curl_easy_reset(curl)
        dropHeaders()
        profile = nil
    }

    /// Forgets the last request, and keeps what is the same for others of its profile. Nothing points to its transfer.
    func forgetRequest() {
        guard profile != nil else { return reset() }
        setContext(nil)
        newswire_curl_set_pointer(curl, CURLOPT_HTTPHEADER, nil)
        dropHeaders()
    }

    private func dropHeaders() {
        curl_slist_free_all(headers)
        headers = nil
    }

    /// What the callbacks are given.
    func setContext(_ context: UnsafeMutableRawPointer?) {
        newswire_curl_set_pointer(curl, CURLOPT_PRIVATE, context)
        newswire_curl_set_pointer(curl, CURLOPT_WRITEDATA, context)
        newswire_curl_set_pointer(curl, CURLOPT_HEADERDATA, context)
        newswire_curl_set_pointer(curl, CURLOPT_OPENSOCKETDATA, context)
        newswire_curl_set_pointer(curl, CURLOPT_PREREQDATA, context)
    }

    func set(_ option: CURLoption, _ value: Int) { newswire_curl_set_long(curl, option, value) }
    func set(_ option: CURLoption, _ value: Bool) { newswire_curl_set_long(curl, option, value ? 1 : 0) }

    /// libcurl keeps a copy. Returns false where it refuses the text.
    @discardableResult
    func set(_ option: CURLoption, _ value: String) -> Bool {
        value.withCString { newswire_curl_set_string(curl, option, $0) } == CURLE_OK
    }

    @discardableResult
    func set(_ option: CURLoption, _ value: [UInt8]) -> Bool {
        value.withUnsafeBytes { newswire_curl_set_bytes(curl, option, $0.baseAddress, $0.count) } == CURLE_OK
    }

    func setErrorText() {
        errorText[0] = 0
        newswire_curl_set_pointer(curl, CURLOPT_ERRORBUFFER, errorText)
    }

    /// libcurl's own words for what went wrong; empty where it has none.
    var errorMessage: String { String(cString: errorText) }

    /// Keeps libcurl from sending a header of its own accord.
    func suppressHeader(_ name: StaticString) { append(line: Array("\(name):\0".utf8)) }

    /// Adds a line to the request's header. The caller has made sure that there is no line end in it.
    func addHeader(name: String, value: [UInt8]) {
        var line = Array(name.utf8)
        // libcurl's sign for a header without a value.
        line.append(value.isEmpty ? UInt8(ascii: ";") : UInt8(ascii: ":"))
        if !value.isEmpty {
            line.append(UInt8(ascii: " "))
            line.append(contentsOf: value)
        }
        line.append(0)
        append(line: line)
    }

    /// - Parameter line: with a zero at its end. libcurl keeps a copy.
    private func append(line: [UInt8]) {
        let list = line.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { curl_slist_append(headers, $0.baseAddress) }
        }
        // nil for want of memory: the list is as it was.
        if let list { headers = list }
    }

    func useHeaders() {
        newswire_curl_set_pointer(curl, CURLOPT_HTTPHEADER, headers)
    }

    func long(_ info: CURLINFO) -> Int { newswire_curl_get_long(curl, info) }
    func offset(_ info: CURLINFO) -> Int { Int(newswire_curl_get_offset(curl, info)) }
    func string(_ info: CURLINFO) -> String? { newswire_curl_get_string(curl, info).map { String(cString: $0) } }
}
