import Glibc
import JSONText
import TestSupport
import Testing

@Suite("newswire import --add, tag and remove", .serialized)
struct EditCommandTests {
    private let desk = Desk(feeds: [])

    init() {
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write("include = [\"feeds.d/*.toml\"]\n\(text)", to: "newswire.toml")
        desk.server.on("/feed", .init(body: Publisher.rss([("1", "One")])))
    }

    private var main: String { desk.folder.text("newswire.toml") ?? "" }

    @Test(
        "import --add writes the new feeds of a list into feeds.d/, and names those that are known and what is left out"
    )
    func importing() async {
        let url = desk.server.url("/feed")
        desk.folder.write("\(main)[[feed]]\nurl = \"\(url)\"\nid = \"mine\"\n", to: "newswire.toml")
        let list = desk.folder.write(
            "\(url) \"~Mine\"\n\(url)/ \"~Again\"\n\(url)?2 x \"~Second\"\nexec:x \"~Script\"\n", to: "my.urls")
        let ending = await desk.run("import", "--add", list)
        let file = desk.folder.file("feeds.d/my.toml")
        #expect(ending.status == 65 && ending.lines.count == 1 && ending.lines[0].hasSuffix("\t\(url)?2\t\(file)"))
        for said in [
            "\"Mine\" \(url) is known as mine, in ", "my.urls:4: warning: \"Script\" was left out",
            "2 feeds: 1 new, 1 known, 0 variants of known ones, 1 left out or doubtful",
        ] {
            #expect(ending.errors.contains(said), "\(ending.errors)")
        }
        #expect(await desk.run("check").output.hasSuffix("ok, 2 feeds\n"))
        let again = await desk.run("import", "--add", desk.folder.write("\(url)?2\n", to: "my.urls"))
        #expect(again.status == 0 && again.output.isEmpty && again.errors.contains("0 new, 1 known"))
        #expect(desk.folder.read("feeds.d/my-2.toml") == nil)
    }

    @Test("check counts the rules by what they do, and says which of them hardly do what was meant")
    func rules() async {
        let rules = [("one", "block", "x"), ("two", "block", "y feed:gone"), ("three", "label", "z")].map { rule in
            "[[filter]]\nname = \"\(rule.0)\"\naction = \"\(rule.1)\"\nmatch = \"\(rule.2)\"\n"
        }
        let url = desk.server.url("/feed")
        desk.folder.write("\(main)[[feed]]\nurl = \"\(url)\"\n\(rules.joined())label = \"zed\"\n", to: "newswire.toml")
        let ending = await desk.run("check")
        #expect(ending.output.hasSuffix("ok, 1 feed, 3 rules (2 block, 1 label)\n"), "\(ending.output)")
        #expect(ending.errors.contains("warning: [[filter]] two: its query asks for feed:gone"), "\(ending.errors)")
        desk.folder.write("\(main)[[filter]]\nname = \"one\"\n", to: "newswire.toml")
        let wrong = await desk.run("check")
        #expect(wrong.status == 78 && wrong.errors.contains("[[filter]] name: \"one\" is already in "))
    }

    @Test("Of several imports at once one writes a feed, and the others know it")
    func atOnce() async throws {
        let list = desk.folder.write("\(desk.server.url("/feed"))\n", to: "my.urls")
        let imports = (0..<4).map { _ in
            desk.start(["import", "--add", list, "--config", desk.folder.file("newswire.toml")])
        }
        var known = 0
        for one in imports {
            let ending = await one.wait()
            #expect(ending.status == 0, "\(ending.errors)")
            if ending.errors.contains("0 new, 1 known") { known += 1 }
        }
        #expect(known == 3 && desk.folder.read("feeds.d/my-2.toml") == nil)
        #expect(await desk.run("check").output.hasSuffix("ok, 1 feed\n"))
    }

    @Test("Every command knows a feed by any way of writing its URL, and a URL of two feeds by none")
    func variants() async throws {
        let url = desk.server.url("/feed")
        desk.folder.write("\(main)[[feed]]\nurl = \"\(url)\"\nid = \"mine\"\n", to: "newswire.toml")
        #expect(await desk.run("poll").status == 0)
        for variant in [url + "/", url.replacing("http:", with: "HTTP:"), String(url.dropFirst("http://".count))] {
            for command in [["explain"], ["feeds"], ["poll"], ["tag"], ["pause"], ["resume"]] {
                let ending = await desk.run(command + [variant])
                #expect(ending.status == 0, "\(command) \(variant): \(ending.errors)")
            }
            #expect(try await desk.ids("--feed", variant) == ["1"])
        }
        desk.folder.write("\(main)[[feed]]\nurl = \"\(url)\"\nid = \"other\"\n", to: "newswire.toml")
        for command in [["pause", url], ["remove", url + "/"]] {
            let ending = await desk.run(command)
            #expect(ending.status == 64 && ending.errors.contains("write an id: mine, other"), "\(ending.errors)")
        }
    }

    @Test("A configuration that is named by a path from the current folder is changed like any other")
    func relativePath() async {
        desk.folder.write(
            "\(main)[[feed]]\nurl = \"\(desk.server.url("/feed"))\"\nid = \"mine\"\n", to: "newswire.toml")
        desk.folder.write("", to: "feeds.d/.newswire-999999999")
        let tagged = await desk.shell("cd \"$DIR\" && \"$NW\" tag mine +a --config newswire.toml")
        #expect(tagged.status == 0 && tagged.output == "mine\ta\n", "\(tagged.errors)")
        #expect(desk.folder.read("feeds.d/.newswire-999999999") == nil)
        let removed = await desk.shell("cd \"$DIR\" && \"$NW\" remove mine --config ./newswire.toml")
        #expect(removed.status == 0 && !main.contains("mine"), "\(removed.errors)")
    }

    @Test("A name that is empty, as that of an unset variable, means no feed")
    func emptyName() async {
        desk.folder.write(
            "\(main)[[feed]]\nurl = \"\(desk.server.url("/feed"))\"\nid = \"mine\"\n", to: "newswire.toml")
        #expect(await desk.run("poll").status == 0)
        for command in [["tag", "", "+a"], ["poll", ""], ["explain", ""], ["dump", "--new", "--feed", ""]] {
            let ending = await desk.run(command)
            #expect(ending.status == 64 && ending.errors.contains("empty name"), "\(command): \(ending.errors)")
        }
        #expect(desk.cursor("default") == nil)
    }

    @Test("A feed that is paused stays so when its URL is changed")
    func pausedElsewhere() async {
        let feed = "[[feed]]\nid = \"mine\"\nurl = \"\(desk.server.url("/feed"))"
        desk.folder.write("\(main)\(feed)\"\n", to: "newswire.toml")
        #expect(await desk.run("poll").status == 0)
        #expect(await desk.run("pause", "mine", "5h").status == 0)
        desk.folder.write(main.replacing(feed, with: feed + "?2"), to: "newswire.toml")
        let poll = await desk.run("poll", "mine")
        #expect((poll.output + poll.errors).contains("paused"), "\(poll.output) \(poll.errors)")
        #expect(await desk.run("resume", "mine").status == 0)
        #expect(await desk.run("poll", "mine").status == 0)
    }

    @Test("While a service runs, it takes feeds that are imported, tagged and removed at once")
    func service() async throws {
        let service = desk.service()
        let list = desk.folder.write("\(desk.server.url("/feed"))\n", to: "urls")
        while !service.errors.contains("started") { await Task.yield() }
        let imported = await desk.run("import", "--add", list)
        #expect(imported.status == 0 && imported.errors.contains("the running service polls"), "\(imported.errors)")
        await desk.server.received(1)
        let id = String(imported.output.prefix { $0 != "\t" })
        #expect(await desk.run("tag", id, "+naval", "-none").output == "\(id)\tnaval\n")
        #expect(await desk.run("tag", id).output == "\(id)\tnaval\n")
        let removed = await desk.run("remove", id)
        #expect(removed.status == 0 && removed.output.hasPrefix("\(id)\t\(desk.server.url("/feed"))\t"))
        #expect(try await desk.ids() == ["1"])
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
        #expect(service.errors.contains("removed=1"), "\(service.errors)")
    }

    @Test("A feed that is renamed keeps its articles and its history")
    func rename() async throws {
        desk.folder.write("\(main)[[feed]]\nurl = \"\(desk.server.url("/feed"))\"\nid = \"old\"\n", to: "newswire.toml")
        _ = try await desk.poll()
        let renamed = await desk.run("rename", "old", "new")
        #expect(
            renamed.status == 0 && renamed.output.hasPrefix("new\t\(desk.server.url("/feed"))\t"), "\(renamed.errors)")
        #expect(main.contains("id = \"new\"\n") && main.contains("formerly = [\"old\"]\n"))
        #expect(try await desk.poll()["new"]?.integer == 0)
        #expect(try await desk.ids("--feed", "new", "--duplicates") == ["1"])
        #expect(await desk.run("rename", "new", "a b").status == 65)
    }

    @Test(
        "What cannot be changed safely ends with 65 and the edit to be made, wrong words with 64, and nothing is changed"
    )
    func refused() async {
        desk.folder.write("\(main)[[feed]]\n# why\nurl = \"https://a.org/feed\"\nid = \"mine\"\n", to: "newswire.toml")
        let before = main
        let refused = await desk.run("remove", "mine")
        #expect(refused.status == 65 && refused.output.isEmpty)
        #expect(refused.errors.contains("Delete lines 11 to 14 there"), "\(refused.errors)")
        #expect(await desk.run("remove", "mi").status == 64)
        #expect(await desk.run("remove", "none").status == 64)
        for words in [["tag", "+x"], ["tag", "mine", "+"], ["tag", "mine", "--x"], ["tag"], ["remove"]] {
            #expect(await desk.run(words).status == 64, "\(words)")
        }
        #expect(main == before)
    }
}
