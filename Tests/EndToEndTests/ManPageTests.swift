import JSONText
import TestSupport
import Testing

@Suite("docs/man/newswire.1")
struct ManPageTests {
    @Test("It has every command with every option: where one is missing, make man puts it in")
    func complete() async throws {
        let help = await Desk().plain("--experimental-dump-help").output
        let root = try JSONParser.parse(Array(help.utf8)).value["command"]
        let page = try #require(Checkout.text("docs/man/newswire.1"))
        var count = 0
        try check(try #require(root), [], page, &count)
        #expect(count >= 13)
    }

    @Test("newswire-web(1) has every command of that program: where one is missing, make man puts it in")
    func web() async throws {
        let help = await ChildProcess("\(Desk.binary)-web", ["--experimental-dump-help"], environment: Desk.environment)
            .wait().output
        let root = try JSONParser.parse(Array(help.utf8)).value["command"]
        let page = try #require(Checkout.text("docs/man/newswire-web.1"))
        var count = 0
        try check(try #require(root), [], page, &count)
        #expect(count == 4)
    }

    private func check(_ command: JSONValue, _ path: [String], _ page: String, _ count: inout Int) throws {
        let subcommands = (command["subcommands"]?.array ?? []).filter { $0["commandName"]?.string != "help" }
        for sub in subcommands {
            try check(sub, path + [sub["commandName"]?.string ?? ""], page, &count)
        }
        guard subcommands.isEmpty, !path.isEmpty else { return }
        count += 1
        let name = path.joined(separator: " ")
        let start = page.firstRange(of: "\n.It Xo Cm \(name)\n")
        #expect(start != nil, "\(name)")
        guard let start else { return }
        let rest = page[start.upperBound...]
        let entry = rest[..<(rest.firstRange(of: "\n.It Xo Cm ")?.lowerBound ?? rest.endIndex)]
        for argument in command["arguments"]?.array ?? [] {
            guard let option = argument["preferredName"]?["name"]?.string,
                !["config", "log-level", "help", "version"].contains(option),
                // What --help leaves out is for tests, and no business of a reader's.
                argument["shouldDisplay"]?.bool != false
            else { continue }
            #expect(entry.contains(".It Fl -\(option)"), "\(name) --\(option)")
        }
    }
}
