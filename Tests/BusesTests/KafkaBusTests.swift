import CRDKafka
import Glibc
import Publishing
import TestSupport
import Testing
import Web

@testable import Buses

/// librdkafka's own cluster for tests, in this process: Debian has no broker of Kafka.
final class KafkaMock {
    let servers: String
    private let cluster: OpaquePointer
    private let owner: OpaquePointer

    init?(topic: String, partitions: Int32 = 3) {
        var words = [CChar](repeating: 0, count: 512)
        guard let owner = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), &words, words.count),
            let cluster = rd_kafka_mock_cluster_new(owner, 3)
        else { return nil }
        self.owner = owner
        self.cluster = cluster
        servers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
        rd_kafka_mock_topic_create(cluster, topic, partitions, 3)
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(owner)
    }

    func setDown(_ isDown: Bool) {
        for broker: Int32 in 1...3 {
            _ = isDown ? rd_kafka_mock_broker_set_down(cluster, broker) : rd_kafka_mock_broker_set_up(cluster, broker)
        }
    }

    /// Answers the next requests to produce with errors.
    func failNext(_ errors: [rd_kafka_resp_err_t]) {
        var errors = errors
        // 0 is Produce.
        rd_kafka_mock_push_request_errors_array(cluster, 0, errors.count, &errors)
    }

    /// All messages of a topic: the key, the value and the headers, by the order of each partition.
    func messages(_ topic: String, count: Int) -> [(key: String, line: String, headers: [String: String])] {
        var words = [CChar](repeating: 0, count: 512)
        let configuration = rd_kafka_conf_new()
        for (name, value) in [("bootstrap.servers", servers), ("group.id", "test"), ("auto.offset.reset", "earliest")] {
            rd_kafka_conf_set(configuration, name, value, &words, words.count)
        }
        guard let consumer = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, &words, words.count) else { return [] }
        defer { rd_kafka_destroy(consumer) }
        rd_kafka_poll_set_consumer(consumer)
        let list = rd_kafka_topic_partition_list_new(3)
        for partition: Int32 in 0..<3 {
            rd_kafka_topic_partition_list_add(list, topic, partition).pointee.offset = Int64(RD_KAFKA_OFFSET_BEGINNING)
        }
        rd_kafka_assign(consumer, list)
        rd_kafka_topic_partition_list_destroy(list)
        var found: [(String, String, [String: String])] = []
        // Until all are there, and nothing more comes.
        for _ in 0..<100 {
            guard let message = rd_kafka_consumer_poll(consumer, found.count < count ? 500 : 200) else {
                if found.count >= count { break }
                continue
            }
            defer { rd_kafka_message_destroy(message) }
            guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            var headers: [String: String] = [:]
            var list: OpaquePointer?
            if rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR {
                var index = 0
                var (name, value, size): (UnsafePointer<CChar>?, UnsafeRawPointer?, Int) = (nil, nil, 0)
                while rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
                    headers[String(cString: name!)] = String(
                        decoding: UnsafeRawBufferPointer(start: value, count: size), as: UTF8.self)
                    index += 1
                }
            }
            func text(_ bytes: UnsafeMutableRawPointer?, _ count: Int) -> String {
                String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
            }
            found.append(
                (
                    text(message.pointee.key, message.pointee.key_len),
                    text(message.pointee.payload, message.pointee.len), headers
                ))
        }
        return found
    }
}

@Suite("A topic of Kafka as a bus, with librdkafka's cluster for tests", .serialized)
struct KafkaBusTests {
    private let wait = BusWait(milliseconds: 60_000, stop: -1)
    private let cluster: KafkaMock

    init() throws { cluster = try #require(KafkaMock(topic: "news")) }

    private func bus(_ change: (inout BusSettings) -> Void = { _ in }) throws -> KafkaBus {
        var settings = BusSettings(url: try BusURL("kafka://\(cluster.servers)"), to: "news", tls: false)
        change(&settings)
        return KafkaBus(settings)
    }

    @Test("A message has the line byte for byte, the uid as its key, and headers")
    func messages() throws {
        let bus = try bus()
        try bus.connect(wait)
        #expect(try bus.end(wait) == nil && !bus.saysWhereItEnds)
        try bus.publish(SampleMessages(1...50, feed: "ä"), wait)
        bus.close()
        let found = cluster.messages("news", count: 50)
        #expect(found.count == 50 && Set(found.map(\.line)) == Set((1...50).map { "{\"n\":\($0)}" }))
        let first = try #require(found.first { $0.line == "{\"n\":7}" })
        #expect(first.key == "u7")
        #expect(
            first.headers == [
                "Newswire-Id": SampleMessages.id(7), "Newswire-Seq": "7", "Newswire-Uid": "u7", "Newswire-Version": "1",
                "Newswire-Kind": "new", "Newswire-Feed": "ä", "Newswire-Stored-At": "2026-11-22T08:00:00Z",
            ])
    }

    @Test("Requests that fail for a while are made again by the library, and each message is there once")
    func retries() throws {
        let bus = try bus()
        try bus.connect(wait)
        cluster.failNext([RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE])
        try bus.publish(SampleMessages(1...20), wait)
        bus.close()
        #expect(cluster.messages("news", count: 20).count == 20)
    }

    @Test("A cluster that goes away is away when the time is over, and nothing of the batch is held on to")
    func away() throws {
        let bus = try bus()
        try bus.connect(wait)
        cluster.setDown(true)
        let failure = #expect(throws: BusFailure.self) {
            try bus.publish(SampleMessages(1...5), BusWait(milliseconds: 1500, stop: -1))
        }
        #expect(failure?.kind == .away && failure?.reason.contains("in time") == true)
        bus.close()
        let unreached = #expect(throws: BusFailure.self) {
            try self.bus().connect(BusWait(milliseconds: 1500, stop: -1))
        }
        #expect(unreached?.kind == .away)
        cluster.setDown(false)
        let again = try self.bus()
        try again.connect(wait)
        try again.publish(SampleMessages(1...5), wait)
    }

    @Test("A message that the library takes and the cluster does not is too large")
    func tooLarge() throws {
        let bus = try bus()
        try bus.connect(wait)
        #expect(bus.largestLine == 1_000_000)
        cluster.failNext([RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE])
        let failure = #expect(throws: BusFailure.self) { try bus.publish(SampleMessages(1...1), wait) }
        #expect(failure?.kind == .tooLarge)
    }

    @Test("A property that there is not is said by its name, and the value of one that is secret by none")
    func properties() throws {
        let unknown = #expect(throws: BusFailure.self) {
            try bus { $0.options = [("compresion.type", "zstd")] }.connect(wait)
        }
        #expect(unknown?.kind == .misconfigured && unknown?.reason.contains("compresion.type") == true)
        let secret = #expect(throws: BusFailure.self) {
            try bus { $0.options = [("my.secret", "hunter2")] }.connect(wait)
        }
        #expect(secret?.reason.contains("hunter2") == false)
        try bus { $0.options = [("message.max.bytes", "2000"), ("compression.type", "gzip")] }.connect(wait)
    }

    /// What librdkafka says it goes by.
    private func dump(_ change: (inout BusSettings) -> Void) throws -> [String: String] {
        let configuration = try bus(change).configuration()
        defer { rd_kafka_conf_destroy(configuration) }
        var count = 0
        let list = rd_kafka_conf_dump(configuration, &count)
        defer { rd_kafka_conf_dump_free(list, count) }
        var found: [String: String] = [:]
        for index in stride(from: 0, to: count - 1, by: 2) {
            guard let name = list?[index], let value = list?[index + 1] else { continue }
            found[String(cString: name)] = String(cString: value)
        }
        return found
    }

    @Test("TLS and the login are what librdkafka goes by, and options go before what newswire would choose")
    func security() throws {
        let plain = try dump { _ in }
        #expect(plain["security.protocol"] == "plaintext" && plain["enable.idempotence"] == "true")
        #expect(plain["metadata.broker.list"] == cluster.servers)
        let login = try dump { ($0.user, $0.password) = ("news", "geheim") }
        #expect(login["security.protocol"] == "sasl_plaintext" && login["sasl.mechanisms"] == "SCRAM-SHA-512")
        #expect(login["sasl.username"] == "news" && login["sasl.password"] == "geheim")
        let trusted = try dump { $0.tls = true }
        #expect(trusted["security.protocol"] == "ssl")
        #expect(trusted["ssl.ca.location"] == BusSettings.systemCertificates)
        #expect(trusted["ssl.endpoint.identification.algorithm"] == "https")
        #expect(trusted["enable.ssl.certificate.verification"] == "true")
        let all = try dump {
            $0.tls = true
            ($0.user, $0.password) = ("news", "geheim")
            ($0.caFile, $0.clientCert, $0.clientKey) = ("/ca.pem", "/c.pem", "/k.pem")
            $0.options = [("sasl.mechanisms", "PLAIN"), ("compression.type", "zstd")]
        }
        #expect(all["security.protocol"] == "sasl_ssl" && all["sasl.mechanisms"] == "PLAIN")
        #expect(all["ssl.ca.location"] == "/ca.pem" && all["ssl.certificate.location"] == "/c.pem")
        #expect(all["ssl.key.location"] == "/k.pem" && all["compression.codec"] == "zstd")
        let both = try dump { ($0.tls, $0.clientCert) = (true, "/both.pem") }
        #expect(both["ssl.key.location"] == "/both.pem")
    }

    @Test(
        "A broker whose certificate is not trusted, or of another host, is said to be that, and one that is good is used",
        .enabled(if: SelfSignedCertificate.isPossible))
    func certificates() throws {
        let own = try #require(SelfSignedCertificate(names: "IP:127.0.0.1"))
        let other = try #require(SelfSignedCertificate(names: "IP:127.0.0.1"))
        let elsewhere = try #require(SelfSignedCertificate(names: "DNS:elsewhere.example"))
        let broker = try #require(cluster.servers.split(separator: ",").first?.split(separator: ":").last)
        let port = try #require(UInt16(broker))
        func failure(_ certificate: SelfSignedCertificate, trusting authority: SelfSignedCertificate) throws
            -> BusFailure?
        {
            let front = try #require(ServerFront.tls(certificate, port: port))
            var settings = BusSettings(url: try BusURL("kafka://127.0.0.1:\(front.port)"), to: "news", tls: true)
            settings.caFile = authority.file
            do throws(BusFailure) {
                let bus = KafkaBus(settings)
                try bus.connect(wait)
                bus.close()
                return nil
            } catch { return error }
        }
        let untrusted = try failure(own, trusting: other)
        #expect(
            untrusted?.kind == .untrusted && untrusted?.reason.contains("certificate") == true,
            "\(untrusted?.reason ?? "")")
        #expect(try failure(elsewhere, trusting: elsewhere)?.kind == .untrusted)
        // The cluster for tests names its brokers without TLS, so that this is as far as it goes.
        #expect(try failure(own, trusting: own) == nil)
    }

    @Test("The word to stop is heeded while the cluster does not answer")
    func stop() throws {
        let bus = try bus()
        try bus.connect(wait)
        cluster.setDown(true)
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        close(ends[1])
        let failure = #expect(throws: BusFailure.self) {
            try bus.publish(SampleMessages(1...1), BusWait(milliseconds: 600_000, stop: ends[0]))
        }
        #expect(failure?.kind == .stopped)
    }
}
