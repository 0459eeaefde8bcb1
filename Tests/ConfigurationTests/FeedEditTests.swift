import Configuration
import FeedModel
import Glibc
import TestSupport
import Testing

@Suite("Changes of feeds in the files that name them: contract.md §2.12")
struct FeedEditTests {
    private let fixture = ConfigurationFixture()
    private let top = "contact = \"https://example.org/\"\ninclude = [\"feeds.d/*.toml\", \"urls\"]\n"

    private func edit(
        _ change: FeedEdit.Change, _ ids: String..., known: [FeedIDResolver.Known] = []
    ) throws -> FeedEdit {
        let configuration = try ConfigurationLoader.load(
            path: fixture.folder.file("newswire.toml"), environment: fixture.environment, knownFeeds: { _ in known })
        let feeds = ids.compactMap { id in configuration.feeds.first { $0.id.text == id } }
        try #require(feeds.count == ids.count)
        return try FeedEdit(change, of: feeds, in: configuration, environment: fixture.environment, known: known)
    }

    /// Why nothing was changed; empty where the change would be made.
    private func refusal(
        _ change: FeedEdit.Change, _ ids: String, known: [FeedIDResolver.Known] = []
    ) throws -> String {
        do {
            _ = try edit(change, ids, known: known)
            return ""
        } catch FeedEdit.Failure.refused(let messages) {
            return messages.joined(separator: "\n").replacing(fixture.folder.path + "/", with: "")
        }
    }

    private var main: String { fixture.folder.text("newswire.toml") ?? "" }

    private func write(_ feeds: String) {
        fixture.write("", to: "urls")
        fixture.write(top + feeds, to: "newswire.toml", mode: 0o640)
    }

    @Test("A removed feed takes its table with it, and every other byte of the file stays")
    func remove() throws {
        let kept = """
            # All of them

            [[feed]] # the first
            url = "https://a.org/#x" # here
            id = "a"

            """
        let table = """
            [[feed]]
            url = "https://b.org/"
            id = "b"
            tags = ["x",
              "y # no comment"]
            [feed.headers]
            X-A = '#'

            """
        let rest = "# Below\n[host.\"c.org\"]\ndelay = \"3s\"\n\t[[feed]]\n\turl='https://c.org/'\n\tid='c'"
        write("\(kept)\n\(table)\n\(rest)")
        let edit = try edit(.remove, "b")
        #expect(edit.notes.isEmpty && edit.feeds.map(\.url) == ["https://b.org/"])
        #expect(main == "\(top)\(kept)\n\(table)\n\(rest)", "nothing is written before it is asked for")
        try edit.write()
        #expect(main == "\(top)\(kept)\n\(rest)")
        var status = stat()
        #expect(stat(fixture.folder.file("newswire.toml"), &status) == 0 && status.st_mode & 0o7777 == 0o640)
        try self.edit(.remove, "c").write()
        #expect(main == "\(top)\(kept)\n# Below\n[host.\"c.org\"]\ndelay = \"3s\"\n")
    }

    @Test("A comment above the table of a removed feed stays, and is said")
    func commentAbove() throws {
        write("[[feed]]\nurl = \"https://a.org/\"\n# About b\n[[feed]]\nid = \"b\"\nurl = \"https://b.org/\"\n")
        let edit = try edit(.remove, "b")
        try edit.write()
        #expect(main == "\(top)[[feed]]\nurl = \"https://a.org/\"\n# About b\n")
        #expect(edit.notes.count == 1 && edit.notes[0].contains("newswire.toml:5, above the table of b, was left"))
    }

    @Test(
        "A table with comments in it is not removed, and the lines are said",
        arguments: ["# why\n", "tags = [ # why\n]\n", "title = \"\"\"\n#\"\"\" # why\n"])
    func comments(line: String) throws {
        write("[[feed]]\nid = \"a\"\n\(line)url = \"https://a.org/\"\n")
        let before = main
        let last = 5 + line.utf8.count { $0 == UInt8(ascii: "\n") }
        #expect(
            try refusal(.remove, "a")
                == "a in newswire.toml:3 is not changed: there are comments in its table. "
                + "Delete lines 3 to \(last) there, and keep of the comments what you want.")
        #expect(main == before)
    }

    @Test(
        "Tags are written into the table, in place of those that are there or behind the URL, in whatever form it has")
    func tags() throws {
        let tables = """
            [[feed]]
              url = "https://a.org/" # first\r
              [feed.headers]
              X-A = "tags = []"
            [[feed]]
            tags = [
              "ä", 'Old',
            ] # these
            url = "https://b.org/"
            [[feed]]
            url = "https://c.org/"
            """
        write(tables)
        try edit(.retag(adding: ["New \"1\"", "ä"], removing: ["OLD"]), "a.org", "b.org", "c.org").write()
        let expected = tables.replacing("# first\r\n", with: "# first\r\n  tags = [\"New \\\"1\\\"\", \"ä\"]\r\n")
            .replacing("[\n  \"ä\", 'Old',\n]", with: "[\"ä\", \"New \\\"1\\\"\"]")
        #expect(main == "\(top)\(expected)\ntags = [\"New \\\"1\\\"\", \"ä\"]\n")
        let before = main
        try edit(.retag(adding: ["NEW \"1\""], removing: ["none"]), "b.org").write()
        #expect(main == before)
    }

    @Test("Tags that stand among comments, or that the configuration would refuse, are not written")
    func refusedTags() throws {
        write("[[feed]]\nid = \"a\"\nurl = \"https://a.org/\"\ntags = [\"x\", # why\n\"y\"]\n")
        #expect(
            try refusal(.retag(adding: ["z"], removing: ["x"]), "a")
                == "a in newswire.toml:3 is not changed: there are comments in its tags. Write there: tags = [\"y\", \"z\"]"
        )
        write("[[feed]]\nid = \"a\"\nurl = \"https://a.org/\"\n")
        let message = try refusal(.retag(adding: ["\u{7}"], removing: []), "a")
        #expect(message.hasPrefix("with that change: ") && message.contains("newswire.toml:6: error: "), "\(message)")
    }

    @Test("A renamed feed keeps the ids that it had, in the order in which it had them, and one without history none")
    func rename() throws {
        let tables = "[[feed]]\nurl = \"https://a.org/\" # mine\n[[feed]]\nid = 'b' # here\nurl = \"https://b.org/\"\n"
        write(tables)
        let known: [FeedIDResolver.Known] = [
            (FeedIdentifier("a.org"), "https://a.org/"), (FeedIdentifier("b"), "https://b.org/"),
        ]
        try edit(.rename(to: FeedIdentifier("one")), "a.org", known: known).write()
        try edit(.rename(to: FeedIdentifier("two")), "b").write()
        let first = "[[feed]]\nurl = \"https://a.org/\" # mine\nformerly = [\"a.org\"]\nid = \"one\"\n"
        let second = "[[feed]]\nid = \"two\" # here\nurl = \"https://b.org/\"\n"
        #expect(main == top + first + second)
        let later: [FeedIDResolver.Known] = [
            (FeedIdentifier("one"), "https://a.org/"), (FeedIdentifier("two"), "https://b.org/"),
        ]
        try edit(.rename(to: FeedIdentifier("three")), "one", known: later + known.prefix(1)).write()
        #expect(main.contains("formerly = [\"one\", \"a.org\"]\nid = \"three\"\n"))
        // What the store has forgotten it has handed on to the id that came after.
        try edit(.rename(to: FeedIdentifier("four")), "three", known: [(FeedIdentifier("three"), "https://a.org/")])
            .write()
        #expect(main.contains("formerly = [\"three\"]\nid = \"four\"\n"))
        for taken in ["two", "a b"] {
            #expect(throws: FeedEdit.Failure.self) {
                try edit(.rename(to: FeedIdentifier(taken)), "four", known: [(FeedIdentifier("three"), "")])
            }
        }
    }

    @Test("A feed does not get the id by which the store knows another one, unless it had that before")
    func renameToKnown() throws {
        write("[[feed]]\nid = \"b\"\nurl = \"https://b.org/\"\n")
        let known: [FeedIDResolver.Known] = [
            (FeedIdentifier("a"), "https://a.org/x"), (FeedIdentifier("b"), "https://b.org/"),
        ]
        let message = try refusal(.rename(to: FeedIdentifier("a")), "b", known: known)
        #expect(message.contains("the store knows a as another feed, https://a.org/x. Choose another id"), "\(message)")
        let own = known + [(FeedIdentifier("c"), "http://www.b.org")]
        try edit(.rename(to: FeedIdentifier("c")), "b", known: own).write()
        #expect(main.contains("id = \"c\""))
    }

    @Test("A feed of a list, of a table in one line, or of two places is not changed, and each says where it is")
    func otherPlaces() throws {
        write("")
        fixture.write("https://a.org/ x\n", to: "urls")
        #expect(try refusal(.remove, "a.org").hasPrefix("a.org in urls:1 is not changed: urls is a list"))
        write("[[feed]]\nurl = \"https://a.org/\"\n")
        fixture.write("https://a.org/ x\n", to: "urls")
        #expect(
            try refusal(.remove, "a.org") == "a.org would stay: urls:1 names it, too. Delete it there, and try again.")
        #expect(
            try refusal(.retag(adding: [], removing: ["x"]), "a.org")
                == "urls:1 names a.org, too, with tags of its own. Change them there.")
        fixture.write("\(top)feed = [{ url = \"https://b.org/\" }]\n", to: "newswire.toml")
        #expect(try refusal(.remove, "b.org").contains("no [[feed]] table begins there"))
        fixture.write(
            "\(top)[[feed]]\nurl = \"https://b.org/\"\n[host.\"c.org\"]\ndelay = \"3s\"\n[feed.headers]\nX = \"1\"\n",
            to: "newswire.toml")
        #expect(try refusal(.remove, "b.org").contains("more than these feeds would be changed"))
    }

    @Test(
        "A list that names a removed feed in another way of writing its URL is named with its line",
        arguments: ["http://a.org/x", "HTTPS://www.A.org/x/", "https://a.org:443/x"])
    func variant(listed: String) throws {
        write("[[feed]]\nurl = \"https://a.org/x\"\ntimeout = \"9s\" # why\n[[feed]]\nurl = \"https://b.org/\"\n")
        fixture.write("# mine\n\(listed) y\n", to: "urls")
        let retag = try refusal(.retag(adding: [], removing: ["y"]), "a.org-x")
        #expect(retag == "urls:2 names a.org-x, too, as \(listed), with tags of its own. Change them there.")
        write("[[feed]]\nurl = \"https://a.org/x\"\n")
        fixture.write("# mine\n\(listed) y\n", to: "urls")
        #expect(
            try refusal(.remove, "a.org-x")
                == "a.org-x would stay: urls:2 names it, too, as \(listed). Delete it there, and try again.")
    }

    @Test("A file that newswire add has made goes with its feed; one that holds more stays")
    func ownFile() throws {
        write("[[feed]]\nurl = \"https://a.org/\"\n")
        let new = FeedFile(
            FeedTable(url: "https://b.org/"), name: "b", main: fixture.folder.file("newswire.toml"), title: "B",
            date: "2026-11-29")
        try new.write()
        try edit(.remove, "b.org").write()
        #expect(fixture.folder.read("feeds.d/b.toml") == nil)
        try new.write()
        fixture.write("# mine\n\n\(new.text)", to: "feeds.d/b.toml")
        try edit(.remove, "b.org").write()
        #expect(fixture.folder.text("feeds.d/b.toml") == "# mine\n\n")
    }

    @Test("A file that somebody changes meanwhile, or that has a second name, is left as it is")
    func meanwhile() throws {
        write("[[feed]]\nurl = \"https://a.org/\"\n")
        let edit = try edit(.remove, "a.org")
        write("[[feed]]\nurl = \"https://a.org/\"\n# new\n")
        #expect(throws: FeedEdit.Failure.self) { try edit.write() }
        #expect(main.hasSuffix("# new\n"))
        #expect(link(fixture.folder.file("newswire.toml"), fixture.folder.file("other")) == 0)
        let again = try self.edit(.remove, "a.org")
        #expect(throws: FeedEdit.Failure.self) { try again.write() }
        #expect(main.hasSuffix("# new\n"))
    }

    @Test("A file that is reached by a link is changed where it is, and the link stays")
    func links() throws {
        write("")
        fixture.write("[[feed]]\nurl = \"https://a.org/\"\n", to: "elsewhere/mine.toml")
        fixture.write("", to: "feeds.d/none")
        let link = fixture.folder.file("feeds.d/a.toml")
        #expect(symlink("../elsewhere/mine.toml", link) == 0)
        try edit(.retag(adding: ["x"], removing: []), "a.org").write()
        #expect(fixture.folder.text("elsewhere/mine.toml") == "[[feed]]\nurl = \"https://a.org/\"\ntags = [\"x\"]\n")
        var status = stat()
        #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }
}
