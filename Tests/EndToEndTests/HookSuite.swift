import JSONText
import TestSupport
import Testing

/// Tests whose articles go from a desk to a server that takes them.
protocol HookSuite {
    var desk: Desk { get }
    var hook: LoopbackServer { get }
}

extension HookSuite {
    /// Lets the server take everything, and the desk deliver to it.
    func prepare() {
        hook.on("/hook", .init(status: 204))
        allow("\"\(hook.address):\(hook.port)\"")
    }

    func allow(_ entries: String) {
        desk.configure(feeds: ["/feed"])
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write("\(text)[deliver]\nprivate_networks = [\(entries)]\n", to: "newswire.toml")
    }

    func publish(_ numbers: ClosedRange<Int>) async throws {
        desk.server.on("/feed", .init(body: Publisher.rss(numbers.map { ("\($0)", "Article \($0)") })))
        #expect(try await desk.poll()["failure"] == nil)
    }

    func once(_ options: String..., to path: String = "/hook") async -> ChildProcess.Ending {
        await desk.run(["deliver", "--as", "x", "--once", "--to", hook.url(path)] + options)
    }

    /// The articles of a request.
    func ids(_ request: LoopbackRequest) throws -> [String] {
        let json = try JSONParser.parse(request.body).value
        return (json.array ?? [json]).compactMap { $0["id"]?.string }
    }

    func cursor() async -> String { await desk.run("consumers").output }
}
