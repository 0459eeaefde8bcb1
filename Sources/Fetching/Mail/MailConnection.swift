import CCurl

/// `MailConnection` sends messages to a mail server, one at a time, over one connection as long as the server keeps it.
///
/// It belongs to one thread at a time, which it blocks.
package final class MailConnection {
    /// `Envelope` is what the server is told of a message beside the message itself.
    package struct Envelope: Sendable {
        /// Where it comes from, and where what cannot be delivered goes: an address in ASCII without brackets.
        package var sender: String
        /// All of them get it, or the message is not taken.
        package var recipients: [String]

        package init(sender: String, recipients: [String]) {
            self.sender = sender
            self.recipients = recipients
        }
    }

    /// `Login` is who sends, where the server wants to know.
    package struct Login: Sendable {
        package var user: String
        package var password: String

        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    /// `Answer` is what came of a message.
    package enum Answer: Sendable, Equatable {
        /// The server has it, and answers for it from now on.
        case taken
        case failed(MailFailure)
        /// newswire is to stop, and nobody knows that the server has it.
        case stopped
    }

    private let server: MailServer
    private let handle: EasyHandle
    /// libcurl closes its connections by them, the last one when the handle goes.
    private let sockets = MailSockets()
    /// Whether the server has taken the last message, and so is likely to answer a farewell.
    private var isFriendly = true
    private let farewell: Int

    /// Returns nil where there is not enough memory.
    ///
    /// - Parameter farewell: milliseconds that the server has in the end to answer QUIT.
    package init?(to server: MailServer, farewell: Int = 2000) {
        guard FetchEngine.globalStatus == CURLE_OK, let handle = EasyHandle() else { return nil }
        self.server = server
        self.handle = handle
        self.farewell = farewell
    }

    /// Says QUIT. By itself libcurl would wait two minutes for the answer.
    deinit {
        sockets.hangUp(after: isFriendly ? farewell : 0)
        handle.close()
    }

    /// Sends a message and waits until the server has it.
    ///
    /// - Parameters:
    ///   - message: whole lines that end with CR and LF.
    ///   - timeout: milliseconds that it may take, connecting included.
    ///   - stop: a descriptor that is readable once newswire is to stop; negative for none.
    package func send(_ message: [UInt8], _ envelope: Envelope, login: Login?, timeout: Int, stop: Int32) -> Answer {
        var transfer = MailTransfer(message, timeout: timeout, stop: stop)
        var code = perform(transfer, message.count, envelope, login, timeout, anew: false)
        if code != CURLE_OK, !transfer.hasBegun, hasGivenUpOldConnection(code, transfer) {
            transfer = MailTransfer(message, timeout: timeout, stop: stop)
            code = perform(transfer, message.count, envelope, login, timeout, anew: true)
        }
        // libcurl is not to know of the transfer any longer.
        defer { handle.reset() }
        isFriendly = code == CURLE_OK
        switch code {
        case CURLE_OK: return .taken
        case CURLE_ABORTED_BY_CALLBACK where transfer.isStopped: return .stopped
        default:
            return .failed(
                MailFailure(
                    MailFailureFacts(
                        code: code, server: server, reply: transfer.reply, words: handle.errorMessage,
                        password: login?.password, hasBegun: transfer.hasBegun)))
        }
    }

    /// Whether a connection that was kept open was none any more, as after a while without messages: that says nothing of
    /// the message.
    private func hasGivenUpOldConnection(_ code: CURLcode, _ transfer: MailTransfer) -> Bool {
        guard handle.long(CURLINFO_NUM_CONNECTS) == 0 else { return false }
        if let reply = transfer.reply, reply.code >= 400 { return reply.code == 421 }
        return [CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_WEIRD_SERVER_REPLY].contains(code)
    }

    /// - Parameters:
    ///   - count: of the message's bytes.
    ///   - anew: not over a connection that was kept open.
    private func perform(
        _ transfer: MailTransfer, _ count: Int, _ envelope: Envelope, _ login: Login?, _ timeout: Int, anew: Bool
    ) -> CURLcode {
        handle.reset()
        handle.setErrorText()
        setServer(login, anew: anew)
        setCallbacks(transfer)
        handle.set(CURLOPT_TIMEOUT_MS, max(1, timeout))
        handle.set(CURLOPT_UPLOAD, true)
        newswire_curl_set_offset(handle.curl, CURLOPT_INFILESIZE_LARGE, curl_off_t(count))
        handle.set(CURLOPT_MAIL_FROM, "<\(envelope.sender)>")
        var recipients: UnsafeMutablePointer<curl_slist>?
        // libcurl keeps the pointer, and forgets it when the handle is reset.
        defer {
            newswire_curl_set_pointer(handle.curl, CURLOPT_MAIL_RCPT, nil)
            curl_slist_free_all(recipients)
        }
        for recipient in envelope.recipients {
            guard let longer = curl_slist_append(recipients, "<\(recipient)>") else { return CURLE_OUT_OF_MEMORY }
            recipients = longer
        }
        newswire_curl_set_pointer(handle.curl, CURLOPT_MAIL_RCPT, recipients)
        return withExtendedLifetime(transfer) { curl_easy_perform(handle.curl) }
    }

    private func setServer(_ login: Login?, anew: Bool) {
        handle.set(CURLOPT_URL, server.url)
        handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        handle.set(CURLOPT_NOSIGNAL, true)
        // An empty proxy keeps libcurl from asking the environment for one.
        handle.set(CURLOPT_PROXY, "")
        handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, Self.connectTimeout)
        // A resolver thread that hangs is left behind instead of waited for.
        handle.set(CURLOPT_QUICK_EXIT, true)
        handle.set(CURLOPT_DNS_CACHE_TIMEOUT, 5)
        if server.encryption == .startTLS { handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        let context = Unmanaged.passUnretained(sockets).toOpaque()
        newswire_curl_set_open_socket(handle.curl) { context, _, address in MailSockets.from(context).open(address!) }
        newswire_curl_set_pointer(handle.curl, CURLOPT_OPENSOCKETDATA, context)
        newswire_curl_set_close_socket(handle.curl) { context, socket in MailSockets.from(context).close(socket) }
        newswire_curl_set_pointer(handle.curl, CURLOPT_CLOSESOCKETDATA, context)
        if let caFile = server.caFile {
            newswire_curl_set_string(handle.curl, CURLOPT_CAPATH, nil)
            handle.set(CURLOPT_CAINFO, caFile)
        }
        if anew { handle.set(CURLOPT_FRESH_CONNECT, true) }
        guard let login else { return }
        handle.set(CURLOPT_USERNAME, login.user)
        handle.set(CURLOPT_PASSWORD, login.password)
    }

    /// Milliseconds until the server has to be ready for a message. Some let strangers wait for half a minute.
    private static let connectTimeout = 60_000

    private func setCallbacks(_ transfer: MailTransfer) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        newswire_curl_set_read(handle.curl) { buffer, size, count, context in
            MailTransfer.from(context).read(
                into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
        }
        newswire_curl_set_pointer(handle.curl, CURLOPT_READDATA, context)
        newswire_curl_set_write(handle.curl, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            UnsafeRawBufferPointer(start: bytes, count: size * count).withMemoryRebound(to: UInt8.self) {
                MailTransfer.from(context).hear($0)
            }
            return size * count
        }
        newswire_curl_set_pointer(handle.curl, CURLOPT_HEADERDATA, context)
        // Else libcurl would write what else the server says to standard output.
        newswire_curl_set_write(handle.curl, CURLOPT_WRITEFUNCTION) { _, size, count, _ in size * count }
        newswire_curl_set_progress(handle.curl) { context, _, _, _, _ in MailTransfer.from(context).isToEnd() ? 1 : 0 }
        newswire_curl_set_pointer(handle.curl, CURLOPT_XFERINFODATA, context)
        handle.set(CURLOPT_NOPROGRESS, false)
    }
}
