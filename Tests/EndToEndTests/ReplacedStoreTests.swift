import FeedModel
import JSONText
import TestSupport
import Testing

/// Two stores that are the same up to article 2; then one has 3a and 3b, the other 4a and 4b, with the same numbers.
@Suite("contract.md §4: where a store is put in another's place, no article is skipped", .serialized)
struct ReplacedStoreTests {
    private let desk = Desk(feeds: [])

    /// `store` is the first of them, and `second` the other, with the first one's cursors.
    private func twoStores(body: Int = 10) async throws {
        func article(_ id: String) -> StoredArticle {
            StoredArticle(id).with { $0.article.contentHTML = String(repeating: "x", count: body) }
        }
        try desk.store([article("1"), article("2")])
        #expect(await desk.shell("cp -a \"$DIR/store\" \"$DIR/second\"").status == 0)
        try desk.store([article("3a"), article("3b")])
        #expect(await desk.shell("mv \"$DIR/store\" \"$DIR/first\" && mv \"$DIR/second\" \"$DIR/store\"").status == 0)
        try desk.store([article("4a"), article("4b")])
        #expect(await desk.shell("mv \"$DIR/store\" \"$DIR/second\" && mv \"$DIR/first\" \"$DIR/store\"").status == 0)
    }

    private func swapped() async -> Bool {
        await desk.shell(
            """
            rm -rf "$DIR/second/cursors" && cp -a "$DIR/store/cursors" "$DIR/second/cursors" &&
                mv "$DIR/store" "$DIR/away" && mv "$DIR/second" "$DIR/store"
            """
        ).status == 0
    }

    private func ids(_ ending: ChildProcess.Ending) throws -> [String] {
        try ending.lines.map { try JSONParser.parse(Array($0.utf8)).value["id"]?.string ?? "" }
    }

    @Test("Under a running dump: the cursor stays, and all of the new store comes")
    func underDump() async throws {
        // More than a pipe takes, so that the dump is not over.
        try await twoStores(body: 1_500_000)
        let ending = await desk.shell(
            """
            "$NW" dump --new --as mailer | {
                head -c 1 >/dev/null
                mv "$DIR/store" "$DIR/away" && mv "$DIR/second" "$DIR/store"
                cat >/dev/null
            }
            echo ${PIPESTATUS[0]}
            """)
        #expect(ending.output == "75\n")
        #expect(ending.errors.contains("the cursor of mailer stays at 0"))
        #expect(desk.cursor("mailer") == nil)
        let again = await desk.run("dump", "--new", "--as", "mailer")
        #expect(try ids(again) == ["1", "2", "4a", "4b"])
        #expect(desk.cursor("mailer") == "4\n")
    }

    @Test("Between two dumps: the next one says so, and goes on where the records are the same")
    func betweenDumps() async throws {
        try await twoStores()
        #expect(try await ids(desk.run("dump", "--new", "--as", "mailer")) == ["1", "2", "3a", "3b"])
        #expect(await swapped())
        let next = await desk.run("dump", "--new", "--as", "mailer")
        #expect(next.status == 0)
        #expect(try ids(next) == ["4a", "4b"])
        #expect(next.errors.contains("record 4 of the store is not the one that consumer mailer has had"))
        #expect(next.errors.contains("going on behind 2"))
        let last = await desk.run("dump", "--new", "--as", "mailer")
        #expect(last.lines.isEmpty && !last.errors.contains("is not the one"))
    }

    @Test("Without moving the cursor it is the same")
    func withoutMoving() async throws {
        try await twoStores()
        _ = await desk.run("dump", "--new", "--as", "mailer")
        #expect(await swapped())
        for _ in 0..<2 {
            let next = await desk.run("dump", "--new", "--as", "mailer", "--no-ack")
            #expect(try ids(next) == ["4a", "4b"])
            #expect(desk.cursor("mailer") == "4\n")
        }
    }

    @Test("deliver goes on where the records are the same")
    func delivery() async throws {
        try await twoStores()
        _ = await desk.run("dump", "--new", "--as", "mailer")
        #expect(await swapped())
        let ending = await desk.shell(
            "\"$NW\" deliver --as mailer --once -- /bin/sh -c 'cat >>\"$0\"' \"$DIR/got\"")
        #expect(ending.status == 0)
        #expect(ending.errors.contains("the store has other articles than those that were delivered of it"))
        let got = (desk.folder.text("got") ?? "").split(separator: "\n")
        #expect(got.map { $0.contains(#""id":"4a""#) || $0.contains(#""id":"4b""#) } == [true, true])
        #expect(desk.cursor("mailer") == "4\n")
    }

    @Test("A follower goes back to where the records are the same, and its cursor with it")
    func follower() async throws {
        try await twoStores()
        let follower = desk.startShell(
            """
            "$NW" dump --new --as mailer --follow --format tsv | {
                read -r a; read -r b; read -r c; read -r d
                until [ "$(cat "$DIR/store/cursors/mailer" 2>/dev/null)" = 4 ]; do sleep 0.01; done
                rm -rf "$DIR/second/cursors" && cp -a "$DIR/store/cursors" "$DIR/second/cursors"
                mv "$DIR/store" "$DIR/away" && mv "$DIR/second" "$DIR/store"
                read -r e; read -r f; echo "$e" | cut -f 1,5; echo "$f" | cut -f 1,5
            }
            """)
        let ending = await follower.wait()
        #expect(ending.output == "3\t4a\n4\t4b\n")
        #expect(ending.errors.contains("going on behind 2"))
    }

    @Test("A store of which a consumer has had nothing stops its dump, until somebody says where to go on")
    func otherStore() async throws {
        try desk.store([StoredArticle("1"), StoredArticle("2")])
        _ = await desk.run("dump", "--new", "--as", "mailer")
        #expect(await desk.shell("mv \"$DIR/store\" \"$DIR/away\"").status == 0)
        try desk.store([StoredArticle("a"), StoredArticle("b"), StoredArticle("c")])
        #expect(
            await desk.shell("rm -rf \"$DIR/store/cursors\" && cp -a \"$DIR/away/cursors\" \"$DIR/store\"").status == 0)
        for _ in 0..<2 {
            let ending = await desk.run("dump", "--new", "--as", "mailer")
            #expect(ending.status == 65 && ending.lines.isEmpty)
            #expect(ending.errors.contains("newswire ack mailer SEQ"))
        }
        #expect(await desk.run("ack", "mailer", "0").status == 0)
        #expect(try await ids(desk.run("dump", "--new", "--as", "mailer")) == ["a", "b", "c"])
    }

    @Test("ack takes a record with its chain, and moves nothing where the store has another")
    func acknowledging() async throws {
        try await twoStores()
        let lines = await desk.run("dump").lines
        let own = try #require(try JSONParser.parse(Array(lines[3].utf8)).value["_newswire"])
        let chain = try #require(own["chain"]?.string)
        #expect(await desk.run("ack", "mailer", "4:\(chain)", "--create").status == 0)
        #expect(desk.cursor("mailer") == "4\n")
        #expect(await desk.run("ack", "mailer", "2").status == 0)
        #expect(await swapped())
        let ending = await desk.run("ack", "mailer", "4:\(chain)")
        #expect(ending.status == 65)
        #expect(ending.errors.contains("the cursor stays"))
        #expect(desk.cursor("mailer") == "2\n")
        for wrong in ["4:", "4:x", ":\(chain)", "4:\(chain)0"] {
            #expect(await desk.run("ack", "mailer", wrong).status == 64)
        }
    }
}
