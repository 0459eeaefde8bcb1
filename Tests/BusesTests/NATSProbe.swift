import CNATS
import JSONText

/// A client of a test, beside the one that is tested.
final class NATSProbe {
    struct Failure: Error { let text: String }

    private var connection: OpaquePointer?
    private var jetStream: OpaquePointer?

    init(_ port: UInt16) throws {
        try check(natsConnection_ConnectTo(&connection, "nats://127.0.0.1:\(port)"))
        try check(natsConnection_JetStream(&jetStream, connection, nil))
    }

    deinit {
        jsCtx_Destroy(jetStream)
        natsConnection_Destroy(connection)
    }

    private func check(_ status: natsStatus) throws {
        guard status == NATS_OK else { throw Failure(text: String(cString: natsStatus_GetText(status))) }
    }

    private func ask(_ what: String, _ json: String) throws -> JSONValue {
        var reply: OpaquePointer?
        try check(natsConnection_RequestString(&reply, connection, "$JS.API.\(what)", json, 5000))
        defer { natsMsg_Destroy(reply) }
        let bytes = UnsafeRawBufferPointer(start: natsMsg_GetData(reply), count: Int(natsMsg_GetDataLength(reply)))
        let answer = try JSONParser.parse(bytes).value
        if let error = answer["error"]?["description"]?.string { throw Failure(text: error) }
        return answer
    }

    func make(stream: String, subjects: [String], noAck: Bool = false) throws {
        let list = subjects.map { "\"\($0)\"" }.joined(separator: ",")
        _ = try ask(
            "STREAM.CREATE.\(stream)",
            "{\"name\":\"\(stream)\",\"subjects\":[\(list)],\"storage\":\"file\",\"num_replicas\":1,\"no_ack\":\(noAck)}"
        )
    }

    func limit(stream: String, subject: String, messageSize: Int) throws {
        _ = try ask(
            "STREAM.UPDATE.\(stream)",
            """
            {"name":"\(stream)","subjects":["\(subject)"],"storage":"file","num_replicas":1,"max_msg_size":\(messageSize),\
            "retention":"limits","discard":"old","max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"duplicate_window":600000000000}
            """)
    }

    func publish(_ subject: String, _ text: String) throws {
        try check(js_Publish(nil, jetStream, subject, text, Int32(text.utf8.count), nil, nil))
    }

    /// What the messages of a subject say in Newswire-Seq, from the first on.
    func seqs(_ subject: String) throws -> [String] {
        try messages(subject).map { $0.seq }
    }

    func messages(_ subject: String) throws -> [(seq: String, line: String)] {
        var subscription: OpaquePointer?
        var options = jsSubOptions()
        jsSubOptions_Init(&options)
        options.Ordered = true
        try check(js_SubscribeSync(&subscription, jetStream, subject, nil, &options, nil))
        defer { natsSubscription_Destroy(subscription) }
        var found: [(String, String)] = []
        while true {
            var message: OpaquePointer?
            guard natsSubscription_NextMsg(&message, subscription, found.isEmpty ? 2000 : 500) == NATS_OK else { break }
            var value: UnsafePointer<CChar>?
            natsMsgHeader_Get(message, "Newswire-Seq", &value)
            let line = String(
                decoding: UnsafeRawBufferPointer(
                    start: natsMsg_GetData(message), count: Int(natsMsg_GetDataLength(message))),
                as: UTF8.self)
            found.append((value.map { String(cString: $0) } ?? "", line))
            natsMsg_Destroy(message)
        }
        return found
    }
}
