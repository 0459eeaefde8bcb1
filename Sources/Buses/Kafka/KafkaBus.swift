private import CRDKafka
private import FeedModel
internal import Publishing
private import Web

/// A topic of Kafka, by librdkafka: each message once and in order as long as the connection lasts, acknowledged by all
/// replicas that are in step.
///
/// Where it ends is not asked: a topic has as many ends as partitions.
final class KafkaBus: Bus {
    /// Milliseconds between two looks whether newswire is to stop.
    private static let look: Int32 = 200
    private static let standardLargest = 1_000_000

    private let settings: BusSettings
    private let reports = KafkaReports()
    private var kafka: OpaquePointer?
    private var topic: OpaquePointer?
    private var largest = standardLargest

    init(_ settings: BusSettings) { self.settings = settings }

    deinit { close() }

    var name: String { "the topic \(settings.to) of \(settings.url.written)" }
    var saysWhereItEnds: Bool { false }
    var largestLine: Int { largest }

    func connect(_ wait: BusWait) throws(BusFailure) {
        let configuration = try configuration()
        var isTaken = false
        defer { if !isTaken { rd_kafka_conf_destroy(configuration) } }
        largest = settings.option("message.max.bytes").flatMap { Int($0) } ?? Self.standardLargest
        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(reports).toOpaque())
        // Called by `rd_kafka_poll` alone, on this thread, as long as this object is there.
        rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in KafkaReports.of(opaque)?.reported(message) }
        rd_kafka_conf_set_error_cb(configuration) { _, code, reason, opaque in
            KafkaReports.of(opaque)?.failed(
                rd_kafka_resp_err_t(rawValue: code), reason.map { String(cString: $0) } ?? "")
        }
        rd_kafka_conf_set_log_cb(configuration) { _, _, _, _ in }
        var words = [CChar](repeating: 0, count: 512)
        guard let made = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &words, words.count) else {
            throw BusFailure(.misconfigured, "\(settings.url.written): \(Self.text(words))")
        }
        isTaken = true
        kafka = made
        guard let topic = rd_kafka_topic_new(made, settings.to, nil) else {
            throw BusFailure(.misconfigured, "\(name): \(Self.words(rd_kafka_last_error()))")
        }
        self.topic = topic
        try look(for: topic, made, wait)
    }

    /// Makes what the library is to go by; the caller destroys it, or hands it to the library.
    func configuration() throws(BusFailure) -> OpaquePointer {
        guard let configuration = rd_kafka_conf_new() else {
            throw BusFailure(.refused, "\(settings.url.written) was not asked: there is no memory")
        }
        do throws(BusFailure) {
            for (name, value) in properties { try set(name, value, configuration) }
        } catch {
            rd_kafka_conf_destroy(configuration)
            throw error
        }
        return configuration
    }

    private var properties: [(String, String)] {
        let security = (settings.user == nil ? "" : "sasl_") + (settings.tls ? "ssl" : "plaintext")
        var properties = [
            ("bootstrap.servers", settings.url.hosts.map(\.text).joined(separator: ",")),
            ("client.id", "newswire-publish"),
            ("enable.idempotence", "true"), ("security.protocol", security), ("message.timeout.ms", "300000"),
        ]
        if settings.tls {
            properties.append(("ssl.ca.location", settings.caFile ?? BusSettings.systemCertificates))
            properties.append(("ssl.endpoint.identification.algorithm", "https"))
            if let cert = settings.clientCert {
                properties += [("ssl.certificate.location", cert), ("ssl.key.location", settings.clientKey ?? cert)]
            }
        }
        if let user = settings.user {
            properties += [
                ("sasl.mechanisms", "SCRAM-SHA-512"), ("sasl.username", user),
                ("sasl.password", settings.password ?? ""),
            ]
        }
        return properties + settings.options.map { ($0.name, $0.value) }
    }

    private func set(_ name: String, _ value: String, _ configuration: OpaquePointer) throws(BusFailure) {
        var words = [CChar](repeating: 0, count: 512)
        guard rd_kafka_conf_set(configuration, name, value, &words, words.count) != RD_KAFKA_CONF_OK else { return }
        // What librdkafka says may hold the value.
        let reason = PropertySecrets.mayShow(name) ? Self.text(words) : "librdkafka does not take its value"
        throw BusFailure(.misconfigured, "options: \(name): \(reason)")
    }

    /// Asks for the topic until a broker answers.
    private func look(for topic: OpaquePointer, _ kafka: OpaquePointer, _ wait: BusWait) throws(BusFailure) {
        while true {
            var metadata: UnsafePointer<rd_kafka_metadata>?
            let code = rd_kafka_metadata(kafka, 0, topic, &metadata, Int32(min(1000, max(1, wait.left))))
            defer { if let metadata { rd_kafka_metadata_destroy(metadata) } }
            // Tells what has gone wrong meanwhile.
            rd_kafka_poll(kafka, 0)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR, let found = metadata?.pointee, found.topic_cnt == 1 {
                let error = found.topics[0].err
                switch error {
                case RD_KAFKA_RESP_ERR_NO_ERROR: return
                // A topic that is just being made.
                case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE: break
                case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
                    throw BusFailure(
                        .misconfigured,
                        "there is no \(name) (\(Self.words(error))); make it, with min.insync.replicas ≥ 2")
                case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
                    throw BusFailure(.notPermitted, "\(name) is not newswire's to write to: \(Self.words(error))")
                default: throw BusFailure(.away, "\(name): \(Self.words(error))")
                }
            }
            if let failure = reports.failure, failure.code == RD_KAFKA_RESP_ERR__AUTHENTICATION {
                throw BusFailure(
                    .notPermitted, "\(settings.url.written) does not let newswire in: \(SafeText.line(failure.reason))")
            }
            // Others may be right while one broker is not; none is where all are down.
            if let failure = reports.broken, reports.areAllDown || wait.isOver {
                throw BusFailure(
                    .untrusted, "\(settings.url.written) cannot be trusted: \(SafeText.line(failure.reason))")
            }
            if wait.isStopped { throw BusFailure(.stopped, "newswire is to stop") }
            guard !wait.isOver else {
                throw BusFailure(
                    .away,
                    "\(settings.url.written) was not reached: \(SafeText.line(reports.failure?.reason ?? Self.words(code)))"
                )
            }
        }
    }

    func end(_ wait: BusWait) throws(BusFailure) -> BusEnd? { nil }

    func publish(_ messages: [BusMessage], _ wait: BusWait) throws(BusFailure) {
        guard let kafka, let topic else { throw BusFailure(.away, "\(settings.url.written) is not connected") }
        reports.begin()
        var asked = 0
        do throws(BusFailure) {
            for message in messages {
                try produce(message, kafka, topic, wait)
                asked += 1
                if asked % 100 == 0 { rd_kafka_poll(kafka, 0) }
            }
            while reports.count < asked {
                rd_kafka_poll(kafka, Self.look)
                if let refusal = reports.refusal { throw failure(refusal) }
                if let failure = reports.failure, failure.isFatal { throw self.failure(failure.code) }
                if wait.isStopped { throw BusFailure(.stopped, "newswire is to stop") }
                if wait.isOver {
                    let reason = reports.failure.map { ": \(SafeText.line($0.reason))" } ?? ""
                    throw BusFailure(.away, "\(settings.url.written) did not acknowledge in time\(reason)")
                }
            }
            if let refusal = reports.refusal { throw failure(refusal) }
        } catch {
            // The messages point into bytes that are gone after this.
            withdraw(kafka)
            throw error
        }
    }

    private func produce(
        _ message: BusMessage, _ kafka: OpaquePointer, _ topic: OpaquePointer, _ wait: BusWait
    ) throws(BusFailure) {
        while true {
            let headers = rd_kafka_headers_new(8)
            MessageHeaders.each(of: message) { name, value in
                _ = name.withUTF8Buffer { name in
                    name.withMemoryRebound(to: CChar.self) { name in
                        rd_kafka_header_add(headers, name.baseAddress, name.count, value.baseAddress, value.count)
                    }
                }
            }
            let code = newswire_kafka_produce(
                kafka, topic, message.uid.baseAddress, message.uid.count, message.line.baseAddress, message.line.count,
                headers,
                nil)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
            rd_kafka_headers_destroy(headers)
            guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL, !wait.isOver, !wait.isStopped else { throw failure(code) }
            rd_kafka_poll(kafka, Self.look)
        }
    }

    /// Takes back all that has not been acknowledged, and waits until the library has let go of it.
    private func withdraw(_ kafka: OpaquePointer) {
        rd_kafka_purge(kafka, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        while rd_kafka_outq_len(kafka) > 0 { rd_kafka_poll(kafka, 50) }
    }

    private func failure(_ code: rd_kafka_resp_err_t) -> BusFailure {
        let reason = "\(settings.url.written) did not take the articles: \(Self.words(code))"
        switch code {
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: return BusFailure(.tooLarge, reason)
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR__AUTHENTICATION:
            return BusFailure(.notPermitted, reason)
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
            return BusFailure(.misconfigured, reason)
        case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
            RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__TIMED_OUT:
            return BusFailure(.away, reason)
        default: return BusFailure(.refused, reason)
        }
    }

    func setUp(_ wait: BusWait) throws(BusFailure) -> String { "\(name) needs nothing made" }

    func close() {
        if let kafka { withdraw(kafka) }
        if let topic { rd_kafka_topic_destroy(topic) }
        if let kafka { rd_kafka_destroy(kafka) }
        (topic, kafka) = (nil, nil)
    }

    fileprivate static func words(_ code: rd_kafka_resp_err_t) -> String {
        rd_kafka_err2str(code).map { SafeText.line(String(cString: $0)) } ?? "an error"
    }

    private static func text(_ words: [CChar]) -> String {
        SafeText.line(String(decoding: words.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
}

/// What librdkafka reports of messages, and of itself. One thread has it: that which polls.
private final class KafkaReports {
    struct Failure {
        let code: rd_kafka_resp_err_t
        let reason: String
        var isFatal: Bool { code == RD_KAFKA_RESP_ERR__FATAL || code == RD_KAFKA_RESP_ERR__AUTHENTICATION }
    }

    /// Messages that were reported on since `begin`.
    private(set) var count = 0
    /// Why the first of those was not taken that were not.
    private(set) var refusal: rd_kafka_resp_err_t?
    /// The last that has gone wrong with brokers since `begin`.
    private(set) var failure: Failure?
    /// The last that was wrong with the TLS of a broker.
    private(set) var broken: Failure?
    private(set) var areAllDown = false

    static func of(_ opaque: UnsafeMutableRawPointer?) -> KafkaReports? {
        opaque.map { Unmanaged<KafkaReports>.fromOpaque($0).takeUnretainedValue() }
    }

    func begin() { (count, refusal, failure) = (0, nil, nil) }

    func reported(_ message: UnsafePointer<rd_kafka_message_t>?) {
        guard let message = message?.pointee else { return }
        count += 1
        if message.err != RD_KAFKA_RESP_ERR_NO_ERROR, refusal == nil { refusal = message.err }
    }

    func failed(_ code: rd_kafka_resp_err_t, _ reason: String) {
        switch code {
        case RD_KAFKA_RESP_ERR__SSL where TLSWords.areOfTrust(reason): broken = Failure(code: code, reason: reason)
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN: areAllDown = true
        default: break
        }
        if let failure, failure.isFatal { return }
        failure = Failure(code: code, reason: reason)
    }
}

/// Which values may stand in a message.
private enum PropertySecrets {
    static func mayShow(_ name: String) -> Bool {
        let name = name.lowercased()
        return !["password", "secret", "key", "username"].contains { name.contains($0) }
    }
}
