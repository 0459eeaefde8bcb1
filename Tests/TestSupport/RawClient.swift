import Glibc

/// One connection to a server, on which a test says what it likes. It blocks, for ten seconds at most.
// Sendable because one thread uses it.
package final class RawClient: @unchecked Sendable {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    package init(port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        precondition(status == 0, "connect: \(errno)")
        limitTime()
    }

    package init(path: String) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(status == 0, "connect: \(errno)")
        limitTime()
    }

    deinit { close(descriptor) }

    private func limitTime() {
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Takes little at a time, so that what is sent here piles up there. Less than this, and what is on its way when the
    /// other side gives up comes at a few kilobytes a delayed acknowledgement, for a minute and a half.
    package func narrow() {
        var size: Int32 = 65_536
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4)
    }

    /// False where the other side has gone.
    @discardableResult
    package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }

    /// Says that no more is sent.
    package func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What has come until the other side ended; nil where it did not end in time.
    package func rest() -> String? {
        while fill() {}
        guard isAtEnd else { return nil }
        defer { buffer = [] }
        return String(decoding: buffer, as: UTF8.self)
    }

    /// One answer: its head, and its body by the length or the chunks that it names.
    package func response(isHead: Bool = false) -> Response? {
        guard let head = take(through: "\r\n\r\n") else { return nil }
        var response = Response(head: head, body: [])
        if isHead || response.status == 204 || response.status == 304 || response.status == 100 { return response }
        if let length = response.header("content-length").flatMap({ Int($0) }) {
            while buffer.count < length { guard fill() else { return nil } }
            response.body = Array(buffer.prefix(length))
            buffer.removeFirst(length)
        } else if response.header("transfer-encoding") == "chunked" {
            // CR LF is one character of a String.
            while let size = take(through: "\r\n").flatMap({ Int($0.dropLast(), radix: 16) }) {
                while buffer.count < size + 2 { guard fill() else { return nil } }
                response.body += buffer.prefix(size)
                buffer.removeFirst(size + 2)
                if size == 0 { return response }
            }
            return nil
        } else {
            while fill() {}
            response.body = buffer
            buffer = []
        }
        return response
    }

    /// What has come up to that text, and that.
    package func take(through end: String) -> String? {
        let end = Array(end.utf8)
        var start = 0
        while true {
            if let found = find(end, from: start) {
                let text = String(decoding: buffer[..<(found + end.count)], as: UTF8.self)
                buffer.removeFirst(found + end.count)
                return text
            }
            start = max(0, buffer.count - end.count)
            guard fill() else { return nil }
        }
    }

    private func find(_ text: [UInt8], from start: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var index = start
            while index + text.count <= bytes.count,
                let place = memchr(base + index, Int32(text[0]), bytes.count - text.count - index + 1)
            {
                index = UnsafeRawPointer(place) - base
                if memcmp(place, text, text.count) == 0 { return index }
                index += 1
            }
            return nil
        }
    }

    private var isAtEnd = false

    private func fill() -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        if count == 0 || count < 0 && errno == ECONNRESET { isAtEnd = true }
        guard count > 0 else { return false }
        buffer += piece[..<count]
        return true
    }

    package struct Response: Sendable {
        package var head: String
        package var body: [UInt8]

        package var status: Int { head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0 }
        package var text: String { String(decoding: body, as: UTF8.self) }

        package func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                if line[..<colon].lowercased() == name {
                    return line[colon...].dropFirst().drop { $0 == " " }.description
                }
            }
            return nil
        }
    }
}
