private import CNATS
private import FeedModel
private import Glibc
private import JSONText
internal import Publishing
private import Web

/// A stream of NATS JetStream.
///
/// Within a batch each message names the one before, which has to be the stream's last: what the server refuses keeps back
/// all that comes behind it, so that the stream never has a gap that its end would hide. A stream that has other subjects,
/// too, may get others' messages in between; there messages are published one at a time.
final class NATSBus: Bus {
    /// Milliseconds that one server is waited for.
    private static let patience: Int64 = 10_000
    /// Milliseconds between two looks whether newswire is to stop, and whether the connection is still there.
    private static let look: Int64 = 200
    /// How long a stream of ours remembers ids, in nanoseconds.
    private static let duplicates: Int64 = 600 * 1_000_000_000

    private let settings: BusSettings
    private let subject: NATSSubject
    private let failures = NATSFailures()
    private var connection: OpaquePointer?
    private var jetStream: OpaquePointer?
    /// Whether nothing but our messages comes to the stream.
    private var isAlone = false
    /// The most bytes that the stream takes, and the server.
    private var largest = 1 << 20

    init(_ settings: BusSettings) {
        self.settings = settings
        subject = NATSSubject(settings.to)
    }

    deinit { close() }

    var name: String { "the subject \(settings.to) of \(settings.url.written)" }
    var saysWhereItEnds: Bool { true }
    var largestLine: Int { largest }

    func connect(_ wait: BusWait) throws(BusFailure) {
        var options: OpaquePointer?
        try check(natsOptions_Create(&options))
        defer { natsOptions_Destroy(options) }
        let scheme = settings.tls ? "tls" : "nats"
        var servers: [UnsafePointer<CChar>?] = settings.url.hosts.map {
            UnsafePointer(strdup("\(scheme)://\($0.text)"))
        }
        defer { servers.forEach { free(UnsafeMutablePointer(mutating: $0)) } }
        try check(natsOptions_SetServers(options, &servers, Int32(servers.count)))
        try check(natsOptions_SetNoRandomize(options, true))
        try check(natsOptions_SetTimeout(options, min(Self.patience, max(1, wait.left))))
        try check(natsOptions_SetWriteDeadline(options, Self.patience))
        // After an error it has to be asked where it ends.
        try check(natsOptions_SetAllowReconnect(options, false))
        try check(natsOptions_SetName(options, "newswire-publish"))
        if let user = settings.user { try check(natsOptions_SetUserInfo(options, user, settings.password ?? "")) }
        if let file = settings.credentialsFile {
            try check(natsOptions_SetUserCredentialsFromFiles(options, file, nil), .misconfigured, "credentials")
        }
        if settings.tls { try encrypt(options) }
        newswire_nats_forget_alerts()
        let status = natsConnection_Connect(&connection, options)
        guard status == NATS_OK else {
            let alert = newswire_nats_alert().map { String(cString: $0) }
            throw NATSLogin(settings).failure(status, words(status), alert: alert)
        }
        var jetStreamOptions = jsOptions()
        try check(jsOptions_Init(&jetStreamOptions))
        jetStreamOptions.Wait = Self.patience
        jetStreamOptions.PublishAsync.MaxPending = 1 << 20
        jetStreamOptions.PublishAsync.ErrHandler = { _, failure, closure in NATSFailures.failed(failure, closure) }
        jetStreamOptions.PublishAsync.ErrHandlerClosure = failures.closure
        let made: natsStatus
        if let domain = settings.option("domain") {
            made = domain.withCString { domain in
                jetStreamOptions.Domain = domain
                return natsConnection_JetStream(&jetStream, connection, &jetStreamOptions)
            }
        } else {
            made = natsConnection_JetStream(&jetStream, connection, &jetStreamOptions)
        }
        try check(made)
    }

    private func encrypt(_ options: OpaquePointer?) throws(BusFailure) {
        try check(natsOptions_SetSecure(options, true))
        let authorities = settings.caFile ?? BusSettings.systemCertificates
        try check(natsOptions_LoadCATrustedCertificates(options, authorities), .misconfigured, "ca_file \(authorities)")
        if let cert = settings.clientCert {
            try check(
                natsOptions_LoadCertificatesChain(options, cert, settings.clientKey ?? cert), .misconfigured,
                "client_cert")
        }
    }

    func end(_ wait: BusWait) throws(BusFailure) -> BusEnd? {
        guard let stream = try stream(wait) else {
            throw BusFailure(
                .misconfigured,
                "no stream of \(settings.url.written) takes the subject \(subject.pattern); `newswire publish --setup` makes one"
            )
        }
        try look(at: stream)
        var message: OpaquePointer?
        var code = jsErrCode(rawValue: 0)
        let status = js_GetLastMsg(&message, jetStream, stream, subject.pattern, nil, &code)
        defer { natsMsg_Destroy(message) }
        if status == NATS_NOT_FOUND { return nil }
        guard status == NATS_OK else { throw failure(status, "did not say where the stream \(stream) ends") }
        guard let seq = header(message, "Newswire-Seq").flatMap({ UInt64($0) }),
            let id = header(message, "Newswire-Id"),
            BusMessage.isID(id)
        else {
            throw BusFailure(
                .notOurs, "the last message of \(name), in the stream \(stream), was not written by newswire")
        }
        return BusEnd(seq: seq, id: id)
    }

    private func header(_ message: OpaquePointer?, _ name: String) -> String? {
        var value: UnsafePointer<CChar>?
        guard natsMsgHeader_Get(message, name, &value) == NATS_OK, let value else { return nil }
        return String(cString: value)
    }

    /// The stream that takes our subjects; nil where there is none.
    private func stream(_ wait: BusWait) throws(BusFailure) -> String? {
        let prefix = settings.option("domain").map { "$JS.\($0).API" } ?? "$JS.API"
        var json = JSONWriter()
        json.beginObject()
        json.member("subject", subject.pattern)
        json.endObject()
        let question = String(decoding: json.finish(), as: UTF8.self)
        var reply: OpaquePointer?
        let status = natsConnection_RequestString(
            &reply, connection, "\(prefix).STREAM.NAMES", question, min(Self.patience, max(1, wait.left)))
        defer { natsMsg_Destroy(reply) }
        if status == NATS_NO_RESPONDERS {
            throw BusFailure(.misconfigured, "\(settings.url.written) has no JetStream, or none for this account")
        }
        guard status == NATS_OK, let data = natsMsg_GetData(reply) else {
            throw failure(status, "did not name its streams")
        }
        let bytes = UnsafeRawBufferPointer(start: data, count: Int(natsMsg_GetDataLength(reply)))
        guard let answer = try? JSONParser.parse(bytes).value else {
            throw BusFailure(.refused, "\(settings.url.written) did not name its streams: its answer is no JSON")
        }
        if let error = answer["error"]?["description"]?.string {
            throw BusFailure(.notPermitted, "\(settings.url.written) did not name its streams: \(SafeText.line(error))")
        }
        return answer["streams"]?.array?.first?.string
    }

    private func look(at stream: String) throws(BusFailure) {
        var information: UnsafeMutablePointer<jsStreamInfo>?
        var code = jsErrCode(rawValue: 0)
        let status = js_GetStreamInfo(&information, jetStream, stream, nil, &code)
        defer { jsStreamInfo_Destroy(information) }
        guard status == NATS_OK, let configuration = information?.pointee.Config?.pointee else {
            throw failure(status, "did not tell of the stream \(stream)")
        }
        guard !configuration.NoAck else {
            throw BusFailure(
                .misconfigured, "the stream \(stream) acknowledges nothing (no_ack), so that nobody knows what it has")
        }
        let subjects = (0..<Int(configuration.SubjectsLen)).compactMap {
            configuration.Subjects[$0].map { String(cString: $0) }
        }
        isAlone = subjects == [subject.pattern] && configuration.SourcesLen == 0
        largest = Int(natsConnection_GetMaxPayload(connection))
        if configuration.MaxMsgSize > 0 { largest = min(largest, Int(configuration.MaxMsgSize)) }
    }

    func publish(_ messages: [BusMessage], _ wait: BusWait) throws(BusFailure) {
        failures.reset()
        guard isAlone else { return try publishOneByOne(messages, wait) }
        var before: UnsafeRawBufferPointer?
        for message in messages {
            var sent = try make(message, behind: before)
            let status = js_PublishMsgAsync(jetStream, &sent, nil)
            // The library has taken it over where it could be sent.
            natsMsg_Destroy(sent)
            guard status == NATS_OK else { throw failure(status, "did not take the articles") }
            before = message.id
        }
        try complete(wait)
    }

    /// Waits until everything is acknowledged, or something is refused.
    private func complete(_ wait: BusWait) throws(BusFailure) {
        var options = jsPubOptions()
        jsPubOptions_Init(&options)
        while true {
            options.MaxWait = min(Self.look, max(1, wait.left))
            let status = js_PublishAsyncComplete(jetStream, &options)
            if let failed = failures.first { throw failure(failed.status, "did not take the articles", failed.text) }
            if status == NATS_OK { return }
            guard status == NATS_TIMEOUT, !natsConnection_IsClosed(connection) else {
                throw BusFailure(.away, "\(settings.url.written) is lost: \(words(status))")
            }
            if wait.isStopped { throw BusFailure(.stopped, "newswire is to stop") }
            if wait.isOver { throw BusFailure(.away, "\(settings.url.written) did not acknowledge in time") }
        }
    }

    private func publishOneByOne(_ messages: [BusMessage], _ wait: BusWait) throws(BusFailure) {
        var options = jsPubOptions()
        jsPubOptions_Init(&options)
        for message in messages {
            if wait.isStopped { throw BusFailure(.stopped, "newswire is to stop") }
            if wait.isOver { throw BusFailure(.away, "\(settings.url.written) did not acknowledge in time") }
            options.MaxWait = min(Self.patience, max(1, wait.left))
            let made = try make(message, behind: nil)
            defer { natsMsg_Destroy(made) }
            var code = jsErrCode(rawValue: 0)
            let status = js_PublishMsg(nil, jetStream, made, &options, &code)
            guard status == NATS_OK else {
                throw failure(status, "did not take record \(message.seq)", code.rawValue == 0 ? nil : words(status))
            }
        }
    }

    /// - Parameter before: the id of the message that has to be the stream's last.
    private func make(_ message: BusMessage, behind before: UnsafeRawBufferPointer?) throws(BusFailure)
        -> OpaquePointer?
    {
        var made: OpaquePointer?
        let status = subject.of(message).withCString { subject in
            natsMsg_Create(
                &made, subject, nil, message.line.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(message.line.count))
        }
        guard status == NATS_OK else { throw failure(status, "did not take the articles") }
        var isRight = true
        func set(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
            let key = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
            guard newswire_nats_header(made, key, value.baseAddress, value.count) == NATS_OK else {
                isRight = false
                return
            }
        }
        set("Nats-Msg-Id", message.id)
        if let before { set("Nats-Expected-Last-Msg-Id", before) }
        MessageHeaders.each(of: message, set)
        guard isRight else {
            natsMsg_Destroy(made)
            throw BusFailure(
                .refused, "\(settings.url.written) did not take the articles: there is no memory for a header")
        }
        return made
    }

    func setUp(_ wait: BusWait) throws(BusFailure) -> String {
        if let stream = try stream(wait) {
            return "\(name) is in the stream \(stream), which was there already and stays as it is"
        }
        let stream = subject.streamName
        var configuration = jsStreamConfig()
        try check(jsStreamConfig_Init(&configuration))
        configuration.Storage = js_FileStorage
        configuration.Replicas = settings.option("replicas").flatMap { Int64($0) } ?? 1
        configuration.Duplicates = Self.duplicates
        var code = jsErrCode(rawValue: 0)
        let status = stream.withCString { stream in
            subject.pattern.withCString { pattern in
                var subjects: [UnsafePointer<CChar>?] = [pattern]
                return subjects.withUnsafeMutableBufferPointer { subjects in
                    configuration.Name = stream
                    configuration.Subjects = subjects.baseAddress
                    configuration.SubjectsLen = 1
                    return js_AddStream(nil, jetStream, &configuration, nil, &code)
                }
            }
        }
        guard status == NATS_OK else { throw failure(status, "did not make the stream \(stream)") }
        return "\(name) is in the stream \(stream)"
    }

    func close() {
        jsCtx_Destroy(jetStream)
        natsConnection_Destroy(connection)
        (jetStream, connection) = (nil, nil)
    }

    private func check(_ status: natsStatus, _ kind: BusFailure.Kind = .refused, _ what: String = "") throws(BusFailure)
    {
        guard status != NATS_OK else { return }
        throw BusFailure(kind, what.isEmpty ? "\(settings.url.written): \(words(status))" : "\(what): \(words(status))")
    }

    private func words(_ status: natsStatus) -> String {
        var last = status
        let detail = nats_GetLastError(&last).map { String(cString: $0) } ?? ""
        let text = natsStatus_GetText(status).map { String(cString: $0) } ?? "an error"
        return SafeText.line(detail.isEmpty || last != status ? text : "\(text) (\(detail))")
    }

    private func failure(_ status: natsStatus, _ deed: String, _ text: String? = nil) -> BusFailure {
        let reason = "\(settings.url.written) \(deed): \(text.map(SafeText.line) ?? words(status))"
        switch status {
        case NATS_NOT_PERMITTED, NATS_CONNECTION_AUTH_FAILED: return BusFailure(.notPermitted, reason)
        case NATS_MAX_PAYLOAD: return BusFailure(.tooLarge, reason)
        case NATS_TIMEOUT, NATS_CONNECTION_CLOSED, NATS_CONNECTION_DISCONNECTED, NATS_IO_ERROR, NATS_NO_SERVER,
            NATS_STALE_CONNECTION, NATS_NO_RESPONDERS:
            return BusFailure(.away, reason)
        default: return BusFailure(.refused, reason)
        }
    }
}
