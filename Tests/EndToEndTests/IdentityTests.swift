import Glibc
import JSONText
import TestSupport
import Testing

/// Feeds written out, with what identity looks at.
private struct Item {
    var id: String
    var link: String
    var title: String
    var text = "Text"
    var date = "Mon, 20 May 2019 09:30:00 GMT"

    static func rss(_ items: [Item], generator: String = "One") -> String {
        let items = items.map {
            """
            <item><guid isPermaLink="false">\($0.id)</guid><link>\($0.link)</link><title>\($0.title)</title>\
            <description>\($0.text)</description><pubDate>\($0.date)</pubDate></item>
            """
        }
        return """
            <?xml version="1.0"?><rss version="2.0"><channel><title>Desk</title><link>https://example.org/</link>
            <generator>\(generator)</generator>\(items.joined(separator: "\n"))</channel></rss>
            """
    }
}

@Suite("What is new, the same, or edited, through poll and dump", .serialized)
struct IdentityTests {
    private func kinds(_ records: [JSONValue]) -> [String?] { records.map { $0["_newswire"]?["kind"]?.string } }

    private func item(_ number: Int, id: String = "old", host: String = "example.org", text: String = "Text") -> Item {
        Item(
            id: "\(id)-\(number)", link: "https://\(host)/\(number)", title: "Title \(number)", text: text,
            date: "Mon, \(9 + number) May 2019 09:30:00 GMT")
    }

    @Test("feeds counts what a feed has brought, also where another had all of it before")
    func brought() async throws {
        let desk = Desk(feeds: ["/one", "/two"])
        for path in ["/one", "/two"] { desk.server.on(path, .init(body: Item.rss([item(1), item(2), item(3)]))) }
        for feed in ["one", "two"] { #expect(await desk.run("poll", feed).status == 0) }
        #expect(kinds(try await desk.dump("--duplicates")).count { $0 == "duplicate" } == 3)
        let lines = await desk.run("feeds", "--json").lines
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("\"articles\":3") }, "\(lines)")
    }

    @Test("identity.md §8: each edit is a version; explain and history say what changed")
    func edits() async throws {
        let desk = Desk()
        let first = Item(
            id: "1", link: "https://example.org/1", title: "One",
            text: "&lt;p&gt;Kept.&lt;/p&gt;&lt;p&gt;Wrong.&lt;/p&gt;&lt;p&gt;End.&lt;/p&gt;")
        desk.server.on("/feed", .init(body: Item.rss([first])))
        _ = try await desk.poll()
        var edited = first
        edited.text = edited.text.split(separator: "Wrong").joined(separator: "Right")
        desk.server.on("/feed", .init(body: Item.rss([edited])))
        #expect(try await desk.poll()["updated"]?.integer == 1)
        edited.title = "One, corrected"
        desk.server.on("/feed", .init(body: Item.rss([edited])))
        _ = try await desk.poll()

        let versions = try await desk.dump("--updates")
        #expect(kinds(versions) == ["new", "update", "update"])
        let last = try #require(versions.last?["_newswire"])
        #expect(last["version"]?.integer == 3)
        #expect(last["previous"]?.integer == 2)
        #expect(last["first"]?.integer == 1)
        #expect(last["first_seen"] == versions[0]["_newswire"]?["stored_at"])
        let uid = try #require(last["uid"]?.string)

        for name in [uid, String(uid.prefix(8)), "1", "3"] {
            let history = await desk.run("history", name)
            #expect(history.status == 0)
            let changes = history.lines.filter { $0.hasPrefix("    - ") || $0.hasPrefix("    + ") }
            #expect(changes == ["    - Wrong.", "    + Right.", "    - One", "    + One, corrected"])
        }
        let lines = try await desk.run("history", uid, "--json").lines.map {
            try JSONParser.parse(Array($0.utf8)).value
        }
        #expect(lines.map { $0["version"]?.integer } == [1, 2, 3])
        #expect(lines[0]["changes"] == nil)
        #expect(lines[1]["changes"]?["content_html"]?["added"]?.array?.compactMap(\.string) == ["Right."])

        let explained = await desk.run("explain", "2").output
        #expect(explained.contains("known by its id as record 1, with other content"))
        #expect(explained.contains("changed: content_html"))
        #expect(explained.contains("its newest version is 3, record 3"))
        #expect(await desk.run("explain", "1").output.contains("no article of this feed was known by its id"))
        #expect(await desk.run("explain", "9").status == 64)
        #expect(await desk.run("history", "zzzz").status == 64)
    }

    @Test("Without its index the store still tells an article's history")
    func historyWithoutIndex() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Item.rss([item(1), item(2)])))
        _ = try await desk.poll()
        desk.server.on("/feed", .init(body: Item.rss([item(1, text: "More"), item(2)])))
        _ = try await desk.poll()
        let uid = try #require(try await desk.dump()[0]["_newswire"]?["uid"]?.string)
        let before = await desk.run("history", uid).output
        unlink(desk.folder.file("store/index/known"))
        #expect(await desk.run("history", uid).output == before)
        #expect(await desk.run("history", String(uid.prefix(10))).output == before)
        #expect(await desk.run("explain", "3").status == 0)
    }

    @Test("identity.md §5: when all ids and links change nothing is new, also with the index made again")
    func migration() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Item.rss((1...8).map { item($0) })))
        _ = try await desk.poll()
        let moved = (1...8).map { item($0, id: "new", host: "blog.example") }
        desk.server.on("/feed", .init(body: Item.rss(moved, generator: "Two")))
        let report = try await desk.poll()
        #expect(report["new"]?.integer == 0)
        #expect(report["updated"]?.integer == 8)
        #expect(report["notes"]?.array?.first?.string?.hasPrefix("id_migration: ") == true)
        #expect(try await desk.dump().count == 8)
        #expect(kinds(try await desk.dump("--updates", "--duplicates")).count { $0 == "update" } == 8)
        unlink(desk.folder.file("store/index/known"))
        desk.server.on("/feed", .init(body: Item.rss([item(9, id: "new")] + moved, generator: "Two")))
        #expect(try await desk.poll()["new"]?.integer == 1)
        #expect(try await desk.dump().count == 9)
        let alias = await desk.run("explain", "9").output
        #expect(alias.contains("record 9: alias"))
        #expect(alias.contains("all ids of the feed changed at once (id_migration)"))
        #expect(alias.contains("id: new-1; in record 1: old-1"))
        #expect(await desk.run("explain", "10").output.contains("known by an alias of its id"))
    }

    @Test(
        "identity.md §3.4, §5: few articles whose ids and links have changed are known, with another generator or URL, or alone",
        arguments: ["none", "generator", "redirect"])
    func few(by reason: String) async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Item.rss((1...3).map { item($0) })))
        _ = try await desk.poll()
        let moved = Item.rss(
            (1...3).map { item($0, id: "new", host: "b.example") }, generator: reason == "generator" ? "Two" : "One")
        if reason == "redirect" {
            desk.server.on("/feed", .init(status: 302, headers: [("Location", "/elsewhere")]))
            desk.server.on("/elsewhere", .init(body: moved))
        } else {
            desk.server.on("/feed", .init(body: moved))
        }
        #expect(try await desk.poll()["new"]?.integer == 0)
    }

    @Test("identity.md §5: ids and links that change at every poll are known from poll to poll, and people are told")
    func churn() async throws {
        let desk = Desk()
        func items(_ poll: Int) -> [Item] {
            (1...4).map { number in
                var item = item(number, id: "build\(poll)")
                item.link += "?sid=A\(poll)"
                item.text = "Text \(number)"
                return item
            }
        }
        for poll in 1...6 {
            desk.server.on("/feed", .init(body: Item.rss(items(poll))))
            let report = try await desk.poll()
            #expect(report["new"]?.integer == (poll == 1 ? 4 : 0))
            #expect(report["updated"]?.integer == 0)
            let notes = (report["notes"]?.array ?? []).compactMap(\.string).filter { $0.hasPrefix("id_churn: ") }
            #expect(notes.count == (poll == 2 || poll == 4 ? 1 : 0), "\(notes)")
        }
        #expect(kinds(try await desk.dump("--updates", "--duplicates")) == ["new", "new", "new", "new"])
        let feeds = await desk.run("feeds").output
        #expect(feeds.contains("its ids change at every poll"))
        #expect(feeds.contains("from poll to poll its links change in the parameter sid, which does not count"))
        let json = await desk.run("feeds", "--json").output
        #expect(json.contains(#""ids":"unstable","volatile_parameters":["sid"]"#))
        #expect(await desk.run("explain", "feed").output.contains("identity        its ids change at every poll"))
        #expect(await desk.run("status", "--json").output.contains(#""feeds_with_id_churn":1"#))
    }

    @Test("identity.md §9: an article of two feeds that are polled at once is printed once, and said to be in both")
    func duplicates() async throws {
        let desk = Desk(feeds: ["/a", "/b", "/c"])
        for feed in ["/a", "/b", "/c"] {
            let own = Item(id: "\(feed)-own", link: "https://example.org\(feed)", title: "Own \(feed)")
            desk.server.on(
                feed,
                .init(
                    body: Item.rss([
                        Item(id: "\(feed)-1", link: "https://example.org/1?utm_source=\(feed)", title: "Shared"), own,
                    ])))
        }
        let ending = await desk.run("poll", "--json")
        let reports = try ending.lines.map { try JSONParser.parse(Array($0.utf8)).value }
        #expect(reports.compactMap { $0["new"]?.integer }.reduce(0, +) == 4)
        #expect(reports.compactMap { $0["duplicates"]?.integer }.reduce(0, +) == 2)
        #expect(reports.allSatisfy { $0["outcome"]?.string == "new" })
        #expect(try await desk.dump().count == 4)
        let all = try await desk.dump("--duplicates")
        let copies = all.filter { $0["_newswire"]?["kind"]?.string == "duplicate" }
        let whole = try #require(all.first { $0["title"]?.string == "Shared" })
        #expect(copies.count == 2)
        for copy in copies {
            #expect(copy["_newswire"]?["duplicate_of"] == whole["_newswire"]?["seq"])
            #expect(copy["content_html"] == nil)
            #expect(copy["url"]?.string?.hasPrefix("https://example.org/1?utm_source=") == true)
            #expect(copy["date_published"] == whole["date_published"])
            let feed = try #require(copy["_newswire"]?["feed"]?.string)
            #expect(copy["_newswire"]?["feed_url"]?.string == desk.server.url("/\(feed)"))
            #expect(copy["_newswire"]?["fetched_from"]?.string == desk.server.url("/\(feed)"))
        }
        let seq = try #require(copies.first?["_newswire"]?["seq"]?.integer)
        let explained = await desk.run("explain", "\(seq)").output
        #expect(explained.contains("another feed had it before"))
        #expect(explained.contains("title: Shared; in record"))
        #expect(try await desk.poll()["outcome"]?.string == "unchanged")
    }

    /// Two feeds have the same link and title; the link is on the host of one of them, where it says more.
    private func ownAndPlanet() -> (desk: Desk, own: LoopbackServer) {
        let desk = Desk(feeds: ["/planet"], options: "tags = [\"planets\"]")
        let own = LoopbackServer()
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(
            text + "[[feed]]\nurl = \"\(own.url("/feed"))\"\nid = \"own\"\ntags = [\"sites\"]\n", to: "newswire.toml")
        for (server, path, words) in [(desk.server, "/planet", "A teaser."), (own, "/feed", "A whole text.")] {
            // Its document may call any site its home: that of the planet calls it the other's.
            let body = """
                <rss version="2.0"><channel><title>T</title><link>\(own.url("/"))</link><item><guid isPermaLink="false">1</guid>
                <link>\(own.url("/1"))</link><title>Shared</title><description>\(words)</description></item></channel></rss>
                """
            server.on(path, .init(body: body))
        }
        return (desk, own)
    }

    @Test(
        "identity.md §9: a site's own article is stored whole and printed as new, whichever feed a poll or a round had first",
        arguments: [["planet", "own"], ["own", "planet"], [""]])
    func ownArticle(_ order: [String]) async throws {
        let (desk, own) = ownAndPlanet()
        for name in order {
            let ending = await desk.run(["poll", "--all"] + (name.isEmpty ? [] : [name]))
            #expect(ending.status == 0, "\(ending.errors)")
        }
        let all = try await desk.dump("--duplicates")
        #expect(all.count == 2)
        let mine = try #require(all.first { $0["_newswire"]?["feed"]?.string == "own" })
        let copy = try #require(all.first { $0["_newswire"]?["feed"]?.string == "planet" })
        #expect(mine["_newswire"]?["kind"]?.string == "new" && mine["content_text"]?.string == "A whole text.")
        #expect(copy["content_text"]?.string == "A teaser.", "it says otherwise")
        let (mineSeq, copySeq) = (mine["_newswire"]?["seq"], copy["_newswire"]?["seq"])
        let isCopyFirst = (copySeq?.integer ?? 0) < (mineSeq?.integer ?? 0)
        #expect(mine["_newswire"]?["supersedes"] == (isCopyFirst ? copySeq : nil))
        #expect(copy["_newswire"]?["duplicate_of"] == (isCopyFirst ? nil : mineSeq))
        // Each tag and each feed has its article, and nothing comes twice.
        for (option, name, feed) in [
            ("--tag", "planets", "planet"), ("--tag", "sites", "own"), ("--feed", "planet", "planet"),
        ] {
            let chosen = try await desk.dump(option, name).compactMap { $0["_newswire"]?["feed"]?.string }
            #expect(chosen == [feed])
        }
        let both = try await desk.dump("--tag", "planets", "--tag", "sites")
        #expect(both.count == (isCopyFirst ? 2 : 1))
        // Each shows the other.
        for (seq, other) in [(mineSeq, copySeq), (copySeq, mineSeq)] {
            let (seq, other) = ("\(seq?.integer ?? 0)", "record \(other?.integer ?? 0)")
            #expect(await desk.run("explain", seq).output.contains("also      \(other) of feed"))
            #expect(await desk.run("history", seq).output.contains("also \(other) of feed"))
            #expect(await desk.run("history", seq, "--json").output.contains(#""copies":[{"seq":"#))
        }
        _ = own
    }

    @Test("[store] duplicates = \"short\" leaves out what a copy says otherwise; the site's own article stays whole")
    func shortDuplicates() async throws {
        let (desk, own) = ownAndPlanet()
        let text = try #require(desk.folder.text("newswire.toml"))
        desk.folder.write(text.replacing("[store]", with: "[store]\nduplicates = \"short\""), to: "newswire.toml")
        for name in ["own", "planet"] { await desk.run("poll", name) }
        let all = try await desk.dump("--duplicates")
        #expect(all.map { $0["content_text"]?.string } == ["A whole text.", nil])
        _ = own
    }

    @Test("[store] duplicates = \"keep\" stores them whole")
    func keptDuplicates() async throws {
        let desk = Desk(feeds: ["/a", "/b"])
        let text = try #require(desk.folder.text("newswire.toml"))
        desk.folder.write(
            text.split(separator: "[store]").joined(separator: "[store]\nduplicates = \"keep\""), to: "newswire.toml")
        for feed in ["/a", "/b"] {
            desk.server.on(
                feed, .init(body: Item.rss([Item(id: "1", link: "https://example.org/1", title: "Shared")])))
        }
        await desk.run("poll")
        #expect(kinds(try await desk.dump("--duplicates")) == ["new", "new"])
    }

    @Test("identity.md §3.2: http and https ids are one, unless aliases = false", arguments: [true, false])
    func aliases(isOn: Bool) async throws {
        let desk = Desk(options: "aliases = \(isOn)")
        desk.server.on(
            "/feed", .init(body: Item.rss([Item(id: "http://e.org/1", link: "https://e.org/a", title: "A")])))
        _ = try await desk.poll()
        desk.server.on(
            "/feed", .init(body: Item.rss([Item(id: "https://e.org/1", link: "https://e.org/b", title: "B")])))
        #expect(try await desk.poll()["new"]?.integer == (isOn ? 0 : 1))
    }

    @Test("updates = \"ignore\": an edit changes nothing")
    func ignoredUpdates() async throws {
        let desk = Desk(options: "updates = \"ignore\"")
        desk.server.on("/feed", .init(body: Item.rss([item(1)])))
        _ = try await desk.poll()
        desk.server.on("/feed", .init(body: Item.rss([item(1, text: "Other")])))
        let report = try await desk.poll()
        #expect(report["outcome"]?.string == "unchanged")
        #expect(report["updated"]?.integer == 0)
        #expect(try await desk.dump("--updates").count == 1)
    }

    @Test("identity.md §6: what was there at the first whole reading is initial, in however many polls")
    func initial() async throws {
        let desk = Desk()
        let whole = Item.rss([item(1), item(2)])
        let cut = whole.split(separator: "<item><guid isPermaLink=\"false\">old-2").first.map(String.init) ?? ""
        desk.server.on("/feed", .init(body: cut))
        _ = try await desk.poll()
        #expect(try await desk.dump().count == 1)
        desk.server.on("/feed", .init(body: whole))
        _ = try await desk.poll()
        desk.server.on("/feed", .init(body: Item.rss([item(1), item(2), item(3)])))
        _ = try await desk.poll()
        #expect(try await desk.ids() == ["old-1", "old-2", "old-3"])
        #expect(try await desk.ids("--no-initial") == ["old-3"])
    }

    @Test("identity.md §10: a date in the future is kept, and what counts instead is said; so is a date without a zone")
    func dates() async throws {
        let desk = Desk()
        var future = item(1)
        future.date = "Mon, 20 May 2109 09:30:00 GMT"
        var zoneless = item(2)
        zoneless.date = "2019-05-20T09:30:00"
        desk.server.on("/feed", .init(body: Item.rss([future, zoneless])))
        _ = try await desk.poll()
        let articles = try await desk.dump()
        // It is the latest of the document.
        #expect(articles[1]["date_published"]?.string == "2109-05-20T09:30:00Z")
        let own = try #require(articles[1]["_newswire"])
        #expect(own["date_flags"]?.array?.compactMap(\.string) == ["future"])
        #expect(own["published_effective"]?.string?.prefix(10) == own["stored_at"]?.string?.prefix(10))
        #expect(articles[0]["_newswire"]?["assumed_utc"]?.array?.compactMap(\.string) == ["date_published"])
        #expect(articles[0]["_newswire"]?["published_effective"] == nil)
        #expect(await desk.run("explain", "2").output.contains("lies too far in the future"))
    }

    @Test("A dry run says what would be stored and why, and writes nothing")
    func dryRun() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(body: Item.rss([item(1)])))
        _ = try await desk.poll()
        desk.server.on("/feed", .init(body: Item.rss([item(1, text: "Other"), item(2)])))
        let ending = await desk.run("poll", "--all", "--dry-run")
        #expect(ending.errors.contains("version 2 (content_text): Title 1"))
        #expect(ending.errors.contains("new: Title 2"))
        #expect(try await desk.dump("--updates").count == 1)
    }
}
