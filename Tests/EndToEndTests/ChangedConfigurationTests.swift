import Glibc
import JSONText
import TestSupport
import Testing

/// Each test changes the configuration while a consumer reads, and then stores what tells the difference.
@Suite("Who reads for long goes by the configuration as it is (contract.md §4)", .serialized)
struct ChangedConfigurationTests {
    private let desk = Desk()

    private func publish(_ items: (id: String, title: String)..., of path: String = "/feed") {
        desk.server.on(path, .init(body: Publisher.rss(items)))
    }

    private func configure(_ lines: String, rules: String = "") {
        desk.configure(rules: rules)
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(text.replacing("id = \"feed\"", with: lines), to: "newswire.toml")
    }

    private func deliver(_ options: String...) -> ChildProcess {
        desk.folder.write("#!/bin/sh\nexec cat >>\(desk.folder.file("got"))\n", to: "command", mode: 0o755)
        return desk.start(
            ["deliver", "--as", "x"] + options
                + ["--config", desk.folder.file("newswire.toml"), "--", desk.folder.file("command")])
    }

    private func got() -> [String] {
        (desk.folder.text("got") ?? "").split(separator: "\n").compactMap { line in
            (try? JSONParser.parse(Array(line.utf8)).value)?["id"]?.string
        }
    }

    /// Until so many articles were delivered, or half a minute has passed.
    private func waits(for count: Int) async -> Bool {
        for _ in 0..<600 {
            if got().count >= count { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    @Test(
        "A delivery goes on with a feed that gets another id while it runs",
        arguments: [["--feed", "feed"], ["--match", "feed:feed"], ["--match", "feed:feed article -feed:other"]])
    func renamed(_ choice: [String]) async throws {
        desk.configure(feeds: ["/feed", "/other"])
        publish(("1", "Article one"))
        publish(("o", "Article of the other"), of: "/other")
        _ = try await desk.poll()
        let delivery = deliver(choice[0], choice[1])
        #expect(await waits(for: 1))
        #expect(await desk.run("rename", "feed", "alpha").status == 0)
        publish(("1", "Article one"), ("2", "Article two"))
        _ = try await desk.poll()
        #expect(await waits(for: 2))
        // And with one that was given another in the file, by hand.
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(
            text.replacing("id = \"alpha\"", with: "id = \"beta\"").replacing(
                "[\"feed\"]", with: "[\"feed\", \"alpha\"]"),
            to: "newswire.toml")
        publish(("1", "Article one"), ("2", "Article two"), ("3", "Article three"))
        _ = try await desk.poll()
        #expect(await waits(for: 3))
        delivery.send(SIGTERM)
        #expect(await delivery.wait().status == 0)
        #expect(got() == ["1", "2", "3"])
        #expect(try await desk.ids("--feed", "beta") == ["1", "2", "3"])
    }

    @Test("A feed that is not wanted goes on not to be, under another id")
    func notWanted() async throws {
        desk.configure(feeds: ["/feed", "/other"])
        publish(("1", "Article one"))
        publish(("o", "Article of the other"), of: "/other")
        _ = try await desk.poll()
        let delivery = deliver("--match", "article -feed:other")
        #expect(await waits(for: 1))
        #expect(await desk.run("rename", "other", "alpha").status == 0)
        publish(("p", "Article of the other"), of: "/other")
        _ = try await desk.poll()
        publish(("2", "Article two"))
        _ = try await desk.poll()
        #expect(await waits(for: 2))
        delivery.send(SIGTERM)
        #expect(await delivery.wait().status == 0)
        #expect(got() == ["1", "2"])
    }

    @Test("A follower goes on with a feed that gets another id, and its cursor passes nothing by")
    func followed() async throws {
        publish(("1", "One"))
        _ = try await desk.poll()
        let follower = desk.startShell(
            "\"$NW\" dump --new --feed feed --follow --format tsv | head -n 2 | tee \"$DIR/seen\" | cut -f 5")
        for _ in 0..<600 where desk.folder.text("seen")?.isEmpty ?? true {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(await desk.run("rename", "feed", "alpha").status == 0)
        publish(("1", "One"), ("2", "Two"))
        _ = try await desk.poll()
        let ending = await follower.wait()
        #expect(ending.output == "1\n2\n")
        #expect(ending.errors.contains("the configuration has changed"))
    }

    @Test("A delivery that asks today's rules asks those of the configuration as it is, also of an included file")
    func rules() async throws {
        desk.folder.write("", to: "rules.d/empty.toml")
        func include() {
            let text = desk.folder.text("newswire.toml") ?? ""
            desk.folder.write("include = [\"rules.d/*.toml\"]\n" + text, to: "newswire.toml")
        }
        include()
        publish(("1", "First"))
        _ = try await desk.poll()
        let delivery = deliver("--refilter")
        #expect(await waits(for: 1))
        desk.folder.write(Desk.rule("deals", "block", "deal"), to: "rules.d/deals.toml")
        publish(("2", "Deal"), ("3", "Other"))
        _ = try await desk.poll()
        #expect(await waits(for: 2))
        #expect(Set(got()) == ["1", "3"])
        unlink(desk.folder.file("rules.d/deals.toml"))
        publish(("4", "Deal"))
        _ = try await desk.poll()
        #expect(await waits(for: 3))
        delivery.send(SIGTERM)
        #expect(await delivery.wait().status == 0)
        #expect(Set(got()) == ["1", "3", "4"])
    }

    @Test("While a changed configuration is wrong nothing is passed by, and that is said once")
    func wrong() async throws {
        publish(("1", "One"))
        _ = try await desk.poll()
        let delivery = deliver("--feed", "feed")
        #expect(await waits(for: 1))
        let right = desk.folder.text("newswire.toml") ?? ""
        // Under another file, so that articles come nevertheless.
        desk.folder.write(
            right.replacing("id = \"feed\"", with: "id = \"alpha\"\nformerly = [\"feed\"]"), to: "new.toml")
        desk.folder.write(right + "\nnonsense", to: "newswire.toml")
        publish(("1", "One"), ("2", "Two"))
        #expect(await desk.plain("poll", "--all", "--config", desk.folder.file("new.toml")).status == 0)
        await delivery.saysInErrors("the configuration has changed, and is wrong")
        #expect(desk.folder.text("store/cursors/x")?.hasPrefix("1\n") == true)
        rename(desk.folder.file("new.toml"), desk.folder.file("newswire.toml"))
        #expect(await waits(for: 2))
        delivery.send(SIGTERM)
        let ending = await delivery.wait()
        #expect(ending.status == 0 && got() == ["1", "2"])
        #expect(ending.errors.split(separator: "\n").count { $0.contains("is wrong") } == 1)
    }
}
