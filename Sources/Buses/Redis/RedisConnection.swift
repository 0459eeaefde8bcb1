private import CHiredis
private import FeedModel
private import Glibc
internal import Publishing
internal import Web

/// A connection to one server of Redis by hiredis, which never blocks: it is waited for here, with a deadline. Closed with its
/// last reference.
///
/// Only the look-up of a host's name waits for the resolver, as long as that does.
final class RedisConnection {
    /// A reply of more bytes is nothing that was asked for.
    private static let longestReply = 64 << 20

    private let context: UnsafeMutablePointer<redisContext>
    private let server: String

    init(to host: BusURL.Host, _ wait: BusWait) throws(BusFailure) {
        server = "redis://\(host.text)"
        let made =
            host.isSocket ? redisConnectUnixNonBlock(host.name) : redisConnectNonBlock(host.name, Int32(host.port))
        guard let made else { throw BusFailure(.away, "\(server) was not asked: there is no memory") }
        context = made
        guard made.pointee.err == 0 else { throw notReached(Self.text(of: made)) }
        switch wait.wait(for: made.pointee.fd, toRead: false, toWrite: true) {
        case .ready: break
        case .stopped: throw BusFailure(.stopped, "newswire is to stop")
        case .timedOut: throw notReached("it did not answer in time")
        }
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(made.pointee.fd, SOL_SOCKET, SO_ERROR, &error, &length)
        guard error == 0 else { throw notReached(String(cString: strerror(error))) }
        // Only TCP has that; of a Unix socket it would be an error of the connection.
        if !host.isSocket { redisEnableKeepAlive(made) }
    }

    deinit { redisFree(context) }

    private func notReached(_ reason: String) -> BusFailure {
        BusFailure(.away, "\(server) was not reached: \(reason)")
    }

    private static func text(of context: UnsafeMutablePointer<redisContext>) -> String {
        withUnsafeBytes(of: context.pointee.errstr) { bytes in
            SafeText.line(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
        }
    }

    /// Puts a command behind those that wait to be sent. Its words are copied.
    func append(_ command: inout RedisCommand) throws(BusFailure) {
        let answer = command.withWords { words, lengths in
            redisAppendCommandArgv(context, Int32(words.count), &words, lengths)
        }
        guard answer == REDIS_OK else { throw lost() }
    }

    func append(_ words: [String]) throws(BusFailure) {
        var command = RedisCommand(words)
        try append(&command)
    }

    /// Sends what waits, and takes the next reply.
    func reply(_ wait: BusWait) throws(BusFailure) -> RedisReply {
        var isSent: Int32 = 0
        while true {
            if isSent == 0, redisBufferWrite(context, &isSent) != REDIS_OK { throw lost() }
            var reply: UnsafeMutableRawPointer?
            guard redisGetReplyFromReader(context, &reply) == REDIS_OK else { throw lost() }
            if let reply { return RedisReply(reply) }
            switch wait.wait(for: context.pointee.fd, toRead: true, toWrite: isSent == 0) {
            case .ready: break
            case .stopped: throw BusFailure(.stopped, "newswire is to stop")
            case .timedOut: throw BusFailure(.away, "\(server) did not answer in time")
            }
            // What is not there to be read is no error.
            guard redisBufferRead(context) == REDIS_OK else { throw lost() }
            guard context.pointee.reader.pointee.len < Self.longestReply else {
                throw BusFailure(.refused, "\(server) sent a reply of more than 64 MiB")
            }
        }
    }

    /// Sends a command and takes its reply, where that is no error.
    ///
    /// - Parameter deed: goes on where the server's name ends.
    func run(_ words: [String], orElse deed: String, _ wait: BusWait) throws(BusFailure) -> RedisReply {
        try append(words)
        let reply = try reply(wait)
        if let error = reply.error { throw failure(error, deed) }
        return reply
    }

    func failure(_ error: String, _ deed: String) -> BusFailure {
        let reason = "\(server) \(deed): \(SafeText.line(error))"
        let kind: BusFailure.Kind =
            switch error.prefix(while: { $0 != " " }) {
            case "WRONGPASS", "NOAUTH", "NOPERM": .notPermitted
            case "LOADING", "MASTERDOWN", "CLUSTERDOWN", "READONLY", "BUSY", "NOREPLICAS": .away
            case "WRONGTYPE", "MOVED", "ASK": .misconfigured
            default: error.contains("AUTH") || error.contains("password") ? .notPermitted : .refused
            }
        return BusFailure(kind, reason)
    }

    private func lost() -> BusFailure {
        let text = Self.text(of: context)
        return BusFailure(.away, "\(server) is lost: \(text.isEmpty ? "it closed the connection" : text)")
    }
}

/// A reply of Redis. Freed with its last reference; its elements keep it.
final class RedisReply {
    private let reply: UnsafeMutablePointer<redisReply>
    /// Owns the memory of an element.
    private let owner: RedisReply?

    /// Takes the reply over.
    fileprivate init(_ reply: UnsafeMutableRawPointer) {
        self.reply = reply.assumingMemoryBound(to: redisReply.self)
        owner = nil
    }

    private init(_ element: UnsafeMutablePointer<redisReply>, of owner: RedisReply) {
        reply = element
        self.owner = owner
    }

    deinit { if owner == nil { freeReplyObject(reply) } }

    private var content: String {
        String(decoding: UnsafeRawBufferPointer(start: reply.pointee.str, count: reply.pointee.len), as: UTF8.self)
    }

    var error: String? { reply.pointee.type == REDIS_REPLY_ERROR ? content : nil }

    var text: String? {
        reply.pointee.type == REDIS_REPLY_STRING || reply.pointee.type == REDIS_REPLY_STATUS ? content : nil
    }

    /// Nil for what is no array.
    var elements: [RedisReply]? {
        guard reply.pointee.type == REDIS_REPLY_ARRAY else { return nil }
        return (0..<reply.pointee.elements).compactMap { index in
            newswire_redis_element(reply, index).map { RedisReply($0, of: self) }
        }
    }

    /// The value behind a name in an array of names and values.
    subscript(name: String) -> RedisReply? {
        guard let elements else { return nil }
        for index in stride(from: 0, to: elements.count - 1, by: 2) where elements[index].text == name {
            return elements[index + 1]
        }
        return nil
    }
}
