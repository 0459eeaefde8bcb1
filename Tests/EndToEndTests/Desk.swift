import Glibc
import JSONText
import TestSupport

/// The real program with a configuration, a store and a server of its own.
final class Desk: Sendable {
    let folder = TemporaryDirectory()
    let server = LoopbackServer()

    /// Beside the test binary, where the package manager puts it.
    static let binary: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer[..<max(0, length)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/newswire"
    }()

    /// Without the proxies that libcurl would obey, and without the tester's own configuration.
    static let environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"]

    /// - Parameter feeds: paths on the server.
    init(feeds: [String] = ["/feed"], options: String = "") {
        configure(feeds: feeds, options: options)
    }

    /// - Parameter options: lines for the top of each `[[feed]]` table.
    func configure(feeds: [String], options: String = "") {
        var text = """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = "allow"
            host_delay = "0s"
            host_concurrency = 8
            connect_timeout = "5m"
            timeout = "5m"
            [store]
            directory = "store"

            """
        for path in feeds {
            text += "[[feed]]\nurl = \"\(server.url(path))\"\nid = \"\(path.dropFirst())\"\n\(options)\n"
        }
        folder.write(text, to: "newswire.toml")
    }

    func start(_ arguments: String...) -> ChildProcess { start(arguments) }

    func start(_ arguments: [String], environment: [String: String] = [:], input: String = "") -> ChildProcess {
        ChildProcess(
            Self.binary, arguments, environment: Self.environment.merging(environment) { $1 }, input: Array(input.utf8))
    }

    /// Runs a command that takes a configuration.
    @discardableResult
    func run(_ arguments: String...) async -> ChildProcess.Ending { await run(arguments) }

    @discardableResult
    func run(_ arguments: [String], environment: [String: String] = [:]) async -> ChildProcess.Ending {
        await start(arguments + ["--config", folder.file("newswire.toml")], environment: environment).wait()
    }

    func service(environment: [String: String] = [:]) -> ChildProcess {
        start(["run", "--config", folder.file("newswire.toml")], environment: environment)
    }

    /// Runs it with just these arguments.
    func plain(_ arguments: String..., input: String = "") async -> ChildProcess.Ending {
        await start(arguments, input: input).wait()
    }

    func plain(_ arguments: [String]) async -> ChildProcess.Ending { await start(arguments).wait() }

    /// The lines of a dump, parsed.
    func dump(_ arguments: String...) async throws -> [JSONValue] {
        let ending = await start(["dump"] + arguments + ["--config", folder.file("newswire.toml")]).wait()
        guard ending.status == 0 else { throw Failure(text: ending.errors) }
        return try ending.lines.map { try JSONParser.parse(Array($0.utf8)).value }
    }

    func ids(_ arguments: String...) async throws -> [String] {
        let ending = await start(["dump"] + arguments + ["--config", folder.file("newswire.toml")]).wait()
        guard ending.status == 0 else { throw Failure(text: ending.errors) }
        return try ending.lines.map { try JSONParser.parse(Array($0.utf8)).value["id"]?.string ?? "" }
    }

    /// One poll of everything; what it said of the first feed.
    func poll(_ arguments: String...) async throws -> JSONValue {
        let ending = await start(["poll", "--all", "--json"] + arguments + ["--config", folder.file("newswire.toml")])
            .wait()
        guard let line = ending.lines.first else { throw Failure(text: ending.errors) }
        return try JSONParser.parse(Array(line.utf8)).value
    }

    struct Failure: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}

/// Feeds as a publisher would write them.
enum Publisher {
    static func rss(_ items: [(id: String, title: String)], extra: String = "") -> String {
        let items = items.map {
            """
            <item><guid isPermaLink="false">\($0.id)</guid><link>https://example.org/\($0.id)</link>\
            <title>\($0.title)</title><description>About &lt;b&gt;\($0.title)&lt;/b&gt;</description>\
            <pubDate>Mon, 20 May 2019 09:30:00 GMT</pubDate></item>
            """
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <rss version="2.0"><channel><title>Desk</title><link>https://example.org/</link>\(extra)
            \(items.joined(separator: "\n"))
            </channel></rss>
            """
    }
}
