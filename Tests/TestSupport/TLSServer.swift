import Glibc

/// An HTTPS server on 127.0.0.1 with a certificate that it has signed itself, by way of the openssl command: it answers
/// every request with a page of its own. Gone with its last reference.
package final class TLSServer: Sendable {
    package let port: UInt16
    /// The certificate in PEM. Trusting it as a CA makes it good.
    package let certificateFile: String
    private let folder: TemporaryDirectory
    private let pid: pid_t
    private let output: Int32

    package static let isAvailable = access("/usr/bin/openssl", X_OK) == 0

    /// - Parameters:
    ///   - names: subjectAltName of the certificate: `IP:127.0.0.1`, `DNS:example.org`.
    ///   - wantsClientCertificate: whoever shows none that is signed by the server's own is refused.
    package init?(names: String = "IP:127.0.0.1", wantsClientCertificate: Bool = false) {
        folder = TemporaryDirectory()
        certificateFile = folder.file("cert.pem")
        let keyFile = folder.file("key.pem")
        let request = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=test", "-addext", "subjectAltName=\(names)", "-keyout", keyFile, "-out", certificateFile,
        ]
        guard let maker = Self.spawn(request, output: nil) else { return nil }
        var status: Int32 = 0
        waitpid(maker, &status, 0)
        guard status == 0 else { return nil }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        // Open as long as the server may write to it.
        output = ends[0]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", certificateFile, "-key", keyFile, "-www"]
        if wantsClientCertificate {
            arguments += ["-Verify", "2", "-verify_return_error", "-CAfile", certificateFile]
        }
        let child = Self.spawn(arguments, output: ends[1])
        close(ends[1])
        guard let child else {
            close(ends[0])
            return nil
        }
        guard let port = Self.port(from: ends[0]) else {
            kill(child, SIGKILL)
            waitpid(child, nil, 0)
            close(ends[0])
            return nil
        }
        pid = child
        self.port = port
    }

    deinit {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        close(output)
    }

    package var certificate: [UInt8]? { folder.read("cert.pem") }
    package var key: [UInt8]? { folder.read("key.pem") }

    package func url(_ path: String) -> String { "https://127.0.0.1:\(port)\(path)" }

    /// Reads up to the line `ACCEPT 127.0.0.1:PORT`.
    private static func port(from descriptor: Int32) -> UInt16? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1 {
            guard byte == 10 else {
                line.append(byte)
                continue
            }
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("ACCEPT") { return text.split(separator: ":").last.flatMap { UInt16($0) } }
            line = []
        }
        return nil
    }

    private static func spawn(_ arguments: [String], output: Int32?) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        var list: [UnsafeMutablePointer<CChar>?] = (["openssl"] + arguments).map { strdup($0) } + [nil]
        defer { list.forEach { free($0) } }
        var pid = pid_t()
        return posix_spawn(&pid, "/usr/bin/openssl", &actions, nil, &list, environ) == 0 ? pid : nil
    }
}
