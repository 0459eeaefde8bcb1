import Glibc
import JSONText
import TestSupport
import Testing

/// The server of `../shared/faults/bad_server.py`, which misbehaves in as many ways as its paths say.
final class BadServer: Sendable {
    /// Beside this package's folder; nil where the machine has not got it.
    static let script: String? = {
        let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "/\(package)/../shared/faults/bad_server.py"
        return access(path, R_OK) == 0 ? path : nil
    }()

    /// `http://127.0.0.1:PORT`, the same on another host, and by https with a certificate of each kind.
    let url: String
    let other: String
    let tls: [String: String]
    /// The authority that `tls["good"]` is to be trusted by.
    let caFile: String
    private let folder: TemporaryDirectory
    private let pid: pid_t

    init() async throws {
        let folder = TemporaryDirectory()
        let script = try #require(Self.script)
        // The shell's process becomes the server's.
        let command = "echo $$; exec python3 '\(script)' --tls '\(folder.file("tls"))' --log '\(folder.file("log"))'"
        let lines = await BlockingCall.run { Self.firstLines(of: command) }
        pid = try #require(lines.first.flatMap { pid_t($0) })
        let urls = try JSONParser.parse(Array((lines.last ?? "").utf8)).value
        self.folder = folder
        url = try #require(urls["http"]?.string)
        other = try #require(urls["other"]?.string)
        caFile = try #require(urls["ca"]?.string)
        var tls: [String: String] = [:]
        for name in ["good", "expired", "selfsigned", "wronghost"] { tls[name] = urls["tls"]?[name]?.string }
        self.tls = tls
    }

    /// The pipe stays open: closing it would wait for the process.
    private static func firstLines(of command: String) -> [String] {
        guard let pipe = popen(command, "r") else { return [] }
        var lines: [String] = []
        var buffer = [CChar](repeating: 0, count: 4096)
        while lines.count < 2, fgets(&buffer, Int32(buffer.count), pipe) != nil {
            lines.append(String(decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init), as: UTF8.self))
        }
        return lines
    }

    deinit {
        // It has the signal mask of the thread that started it, and may not hear anything else.
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    /// A request as the server saw it.
    struct Seen {
        let base: String
        let path: String
        let method: String
        let headers: [(name: String, value: String)]

        func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
    }

    /// All requests so far, in the order of their arrival.
    func requests() throws -> [Seen] {
        try (folder.text("log") ?? "").split(separator: "\n").map { line in
            let json = try JSONParser.parse(Array(line.utf8)).value
            return Seen(
                base: json["base"]?.string ?? "", path: json["path"]?.string ?? "",
                method: json["method"]?.string ?? "",
                headers: (json["headers"]?.array ?? []).map {
                    ($0.array?.first?.string ?? "", $0.array?.last?.string ?? "")
                })
        }
    }
}
