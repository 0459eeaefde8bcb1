import Glibc

/// The server's side of one connection; a handler writes what it likes to it.
// Sendable because it is used by the connection's own thread alone.
package final class LoopbackConnection: @unchecked Sendable {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// Whether the handler or the peer has ended the connection.
    package private(set) var isClosed = false

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    }

    /// A whole response.
    package func send(_ response: LoopbackResponse) {
        var headers = response.headers
        if response.isChunked {
            headers.append(("Transfer-Encoding", "chunked"))
        } else if response.status != 304, response.status != 204,
            !headers.contains(where: { $0.name.lowercased() == "content-length" })
        {
            headers.append(("Content-Length", String(response.body.count)))
        }
        writeHead(response.status, headers)
        if response.status == 304 || response.status == 204 { return }
        if response.isChunked {
            if !response.body.isEmpty { writeChunk(response.body) }
            writeLastChunk()
        } else {
            write(response.body)
        }
    }

    package func writeHead(_ status: Int, _ headers: [(name: String, value: String)]) {
        var text = "HTTP/1.1 \(status) Reason\r\n"
        for header in headers { text += "\(header.name): \(header.value)\r\n" }
        write(text + "\r\n")
    }

    package func writeChunk(_ bytes: [UInt8]) {
        write(Array((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes + Array("\r\n".utf8))
    }

    package func writeLastChunk() { write("0\r\n\r\n") }

    package func write(_ text: String) { write(Array(text.utf8)) }

    /// Blocks until the kernel has taken all of it. Returns false where the peer is gone.
    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                isClosed = true
                return false
            }
            offset += count
        }
        return true
    }

    /// Ends the connection after what has been written.
    package func close() {
        isClosed = true
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Ends the connection with a TCP reset.
    package func reset() {
        isClosed = true
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Says nothing until the peer has closed the connection.
    package func waitForClose() {
        while fill() {}
        isClosed = true
    }

    func readRequest(connection: Int) -> LoopbackRequest? {
        var end = headEnd()
        while end == nil {
            guard buffer.count < 1 << 20, fill() else { return nil }
            if buffer.first == 0x16 {
                // A TLS handshake: answered as web servers do.
                write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
                return nil
            }
            end = headEnd()
        }
        guard let end else { return nil }
        let head = Array(buffer[..<end])
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        buffer.removeFirst(end)
        guard let words = lines.first?.split(separator: " "), words.count >= 2 else { return nil }
        let headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return LoopbackRequest.Header(
                name: String(line[..<colon]), value: String(line[colon...].dropFirst().drop { $0 == " " }))
        }
        let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        while buffer.count < length { if !fill() { return nil } }
        let body = Array(buffer.prefix(length))
        buffer.removeFirst(length)
        return LoopbackRequest(
            method: String(words[0]), target: String(words[1]), headers: headers, connection: connection, body: body,
            rawHead: head)
    }

    private func headEnd() -> Int? {
        guard buffer.count >= 4 else { return nil }
        for index in 3..<buffer.count
        where buffer[index] == 10 && buffer[index - 1] == 13 && buffer[index - 2] == 10 && buffer[index - 3] == 13 {
            return index + 1
        }
        return nil
    }

    private func fill() -> Bool {
        var piece = [UInt8](repeating: 0, count: 16_384)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count > 0 else { return false }
        buffer.append(contentsOf: piece[..<count])
        return true
    }
}
