import FeedModel
import Glibc
import JSONText
import TestSupport
import Testing

@Suite("newswire dump (contract.md §1, §4)", .serialized)
struct DumpTests {
    private let desk = Desk(feeds: [])

    private static func moment(_ hour: Int) -> Timestamp { Timestamp(year: 2026, month: 11, day: 22, hour: hour) }

    /// One of everything.
    private static let articles = [
        StoredArticle("1").with { ($0.isInitial, $0.tags, $0.stored) = (true, ["defence"], moment(1)) },
        StoredArticle("2").with { ($0.feed, $0.stored) = ("other", moment(2)) },
        StoredArticle("1").with { ($0.kind, $0.version, $0.stored) = (.update, 2, moment(3)) },
        StoredArticle("3").with { ($0.kind, $0.stored) = (.alias, moment(4)) },
        StoredArticle("4").with {
            ($0.kind, $0.feed, $0.duplicateOf, $0.stored) = (.duplicate, "other", 1, moment(5))
        },
        StoredArticle("5").with { ($0.tags, $0.stored) = (["defence", "arctic"], moment(6)) },
        StoredArticle("6").with { ($0.feed, $0.stored) = ("otherwise", moment(7)) },
        StoredArticle("7").with { ($0.kind, $0.stored) = (.alias, moment(8)) },
    ]

    private func seqs(_ arguments: [String]) async throws -> [Int64] {
        let ending = await desk.run(["dump"] + arguments)
        guard ending.status == 0 else { throw Desk.Failure(text: ending.errors) }
        return try ending.lines.compactMap { try JSONParser.parse(Array($0.utf8)).value["_newswire"]?["seq"]?.integer }
    }

    struct Case: Sendable {
        var arguments: [String]
        var seqs: [Int64]

        init(_ arguments: String, _ seqs: [Int64]) {
            self.arguments = arguments.split(separator: " ").map(String.init)
            self.seqs = seqs
        }
    }

    @Test(
        "Each filter prints what it says, in the order of storing; aliases are never printed",
        arguments: [
            Case("", [1, 2, 6, 7]),
            Case("--updates", [1, 2, 3, 6, 7]),
            Case("--duplicates", [1, 2, 5, 6, 7]),
            Case("--updates --duplicates", [1, 2, 3, 5, 6, 7]),
            Case("--no-initial", [2, 6, 7]),
            Case("--feed example", [1, 6]),
            // The article that it repeats is of another feed, or of one that is asked for as well.
            Case("--feed other", [2, 5]),
            Case("--feed other --duplicates", [2, 5]),
            Case("--feed othe", []),
            Case("--feed otherw", [7]),
            Case("--feed https://example.org/other.xml", [2, 5]),
            Case("--feed example --feed other", [1, 2, 6]),
            Case("--tag defence", [1, 6]),
            Case("--tag Arctic", [6]),
            Case("--tag arctic --tag DEFENCE", [1, 6]),
            Case("--after 2", [6, 7]),
            Case("--after 0", [1, 2, 6, 7]),
            Case("--after 7", []),
            Case("--after 99", []),
            Case("--limit 2", [1, 2]),
            Case("--limit 0", []),
            Case("--since 2026-11-22T06:00:00Z", [6, 7]),
            Case("--since 2026-11-22T06:00:00.500Z", [6, 7]),
            Case("--since 2026-11-22", [1, 2, 6, 7]),
            Case("--since 1d", []),
            Case("--since 20000d", [1, 2, 6, 7]),
            Case("--until 2026-11-22T06:00:00Z", [1, 2]),
            Case("--until 2026-11-22T06:00:00.500Z", [1, 2, 6]),
            Case("--since 2026-11-22T02:00:00Z --until 2026-11-22T06:00:01+00:00 --duplicates", [2, 5, 6]),
            Case("--feed example --tag defence --after 1 --limit 5", [6]),
        ])
    func filters(_ test: Case) async throws {
        try desk.store(Self.articles)
        if test.arguments == ["--feed", "othe"] {
            let ending = await desk.run(["dump"] + test.arguments)
            #expect(ending.status == 64)
            #expect(ending.errors.contains("other, otherwise"))
            return
        }
        let found = try await seqs(test.arguments)
        // A span ago is seen from the machine's own clock.
        if test.arguments != ["--since", "1d"] || SystemDay.isFarFromTheArticles { #expect(found == test.seqs) }
    }

    private enum SystemDay {
        static var isFarFromTheArticles: Bool { time(nil) > 1_795_500_000 || time(nil) < 1_795_000_000 }
    }

    @Test(
        "A feed or tag that neither the configuration nor a record has is wrong usage, with the nearest; no cursor is made",
        arguments: [
            (["--feed", "exampel"], "did you mean example?"), (["--feed", "qqqq"], "`newswire feeds` lists them"),
            (["--tag", "defnce"], "did you mean defence?"), (["--tag", "defence", "--tag", "qqqqq"], "tag qqqqq:"),
        ])
    func unknown(_ arguments: [String], _ answer: String) async throws {
        try desk.store(Self.articles)
        for command in [["dump"], ["dump", "--new"], ["deliver", "--as", "default", "--once"]] {
            let isDelivery = command[0] == "deliver"
            let config = ["--config", desk.folder.file("newswire.toml")]
            let ending = await desk.plain(command + arguments + config + (isDelivery ? ["--", "cat"] : []))
            #expect(ending.status == 64 && ending.output.isEmpty, "\(command)")
            #expect(ending.errors.contains(answer), "\(ending.errors)")
        }
        #expect(desk.cursor() == nil)
    }

    @Test("A tag that only the configuration has, and a feed of a store that has lost its states, are no slips")
    func knownElsewhere() async throws {
        desk.configure(feeds: ["/feed"], options: "tags = [\"Naval\"]")
        try desk.store(Self.articles)
        #expect(try await seqs(["--tag", "naval"]).isEmpty)
        #expect(await desk.shell("rm -r \"$DIR/store/state\"").status == 0)
        #expect(try await seqs(["--feed", "other"]) == [2, 5])
        #expect(try await seqs(["--feed", "otherw"]) == [7])
    }

    @Test("A consumer gets each article once; its cursor moves to the last record looked at, an alias too")
    func cursorMoves() async throws {
        try desk.store(Self.articles)
        #expect(try await seqs(["--new"]) == [1, 2, 6, 7])
        #expect(desk.cursor() == "8\n")
        #expect(try await seqs(["--new"]).isEmpty)
        try desk.store([StoredArticle("8")])
        #expect(try await seqs(["--new"]) == [9])
    }

    @Test("With filters the cursor moves to the last record looked at, also where nothing was printed")
    func cursorWithFilters() async throws {
        try desk.store(Self.articles)
        #expect(try await seqs(["--new", "--feed", "other"]) == [2, 5])
        #expect(desk.cursor() == "8\n")
        #expect(try await seqs(["--new", "--as", "b", "--tag", "defence", "--feed", "other"]).isEmpty)
        #expect(desk.cursor("b") == "8\n")
    }

    @Test("With --limit the cursor moves to the last that was printed")
    func cursorWithLimit() async throws {
        try desk.store(Self.articles)
        #expect(try await seqs(["--new", "--limit", "2"]) == [1, 2])
        #expect(desk.cursor() == "2\n")
        #expect(try await seqs(["--new", "--limit", "1", "--tag", "arctic"]) == [6])
        #expect(desk.cursor() == "6\n")
        #expect(try await seqs(["--new", "--limit", "5"]) == [7])
        #expect(desk.cursor() == "8\n")
        #expect(try await seqs(["--new", "--as", "b", "--limit", "0"]).isEmpty)
        #expect(desk.cursor("b") == "0\n")
    }

    @Test("With --until the cursor stops before what was stored later: the next dump has it")
    func cursorWithUntil() async throws {
        try desk.store(Self.articles)
        #expect(try await seqs(["--new", "--until", "2026-11-22T06:00:00Z"]) == [1, 2])
        #expect(desk.cursor() == "5\n")
        #expect(try await seqs(["--new"]) == [6, 7])
    }

    @Test("--no-ack leaves the cursor, ack moves it")
    func acknowledging() async throws {
        try desk.store(Self.articles)
        #expect(try await seqs(["--new", "--no-ack"]) == [1, 2, 6, 7])
        #expect(desk.cursor() == "0\n")
        #expect(await desk.run("ack", "default", "2").status == 0)
        #expect(try await seqs(["--new", "--no-ack"]) == [6, 7])
        #expect(try await seqs(["--new", "--no-ack"]) == [6, 7])
        #expect(desk.cursor() == "2\n")
    }

    @Test(
        "Wrong usage is 64",
        arguments: [
            ["--new", "--after", "1"], ["--as", "a"], ["--no-ack"], ["--follow", "--format", "atom"],
            ["--follow", "--format", "jsonfeed"], ["--format", "xml"], ["--new", "--as", "../a"],
            ["--new", "--as", ".a"], ["--limit", "-1"], ["--until", "soon"],
        ])
    func wrongUsage(_ arguments: [String]) async throws {
        try desk.store([StoredArticle("1")])
        #expect(await desk.run(["dump"] + arguments).status == 64)
    }

    @Test("One dump for a consumer at a time, else 75; another consumer's goes on")
    func oneAtATime() async throws {
        try desk.store(Self.articles)
        let ending = await desk.shell(
            """
            "$NW" dump --new --as a --follow | {
                read -r line
                "$NW" dump --new --as a >/dev/null; echo $?
                "$NW" dump --new --as a --no-ack >/dev/null; echo $?
                "$NW" dump --new --as b >/dev/null; echo $?
            }
            """)
        #expect(ending.output == "75\n75\n0\n")
        #expect(ending.errors.contains("another newswire dumps or delivers for it"))
    }

    @Test("ack works beside a dump that leaves the cursor")
    func ackBesideFollower() async throws {
        try desk.store(Self.articles)
        let ending = await desk.shell(
            """
            "$NW" ack default 0 --create
            "$NW" dump --new --no-ack --follow | {
                read -r line; "$NW" ack default 1; echo $?
                read -r line; "$NW" ack default 2; echo $?
            }
            """)
        #expect(ending.output == "0\n0\n")
        #expect(ending.errors.isEmpty)
        #expect(desk.cursor() == "2\n")
    }

    @Test("A cursor that was moved by hand meanwhile stays where it was put")
    func movedMeanwhile() async throws {
        try desk.store((1...3000).map { StoredArticle("\($0)") }.suffix(3) + Self.articles)
        // The pipe is full of the first article's text: the dump cannot have ended.
        let large = StoredArticle("large").with { $0.article.contentHTML = String(repeating: "x", count: 2_000_000) }
        try desk.store([large, StoredArticle("last")])
        let ending = await desk.shell(
            """
            "$NW" dump --new | { read -r line; "$NW" ack default 1; cat >/dev/null; }
            """)
        #expect(ending.errors.contains("was moved to 1 meanwhile"))
        #expect(desk.cursor() == "1\n")
    }

    @Test(
        "A member of the store's group dumps, and the cursor stays writable to all of them",
        .enabled(if: Tools.canChangeUser))
    func groupMembers() async throws {
        try desk.store(Self.articles)
        let ending = await desk.shell(
            """
            chmod 755 "$DIR"; cp "$NW" "$DIR/nw"; group=23456
            chgrp -R $group "$DIR/store"; chmod 2750 "$DIR/store"; chmod 2770 "$DIR/store/cursors"
            find "$DIR/store" -type f -exec chmod 640 {} +
            # They may not write where a build that counts its lines would have them write.
            export LLVM_PROFILE_FILE=/dev/null
            as() { setpriv --reuid $1 --regid $2 --groups $group -- "$DIR/nw" dump --new --as m --limit 1 | grep -c .; }
            "$NW" ack m 0 --create
            umask 077; as 34567 34567
            umask 022; as 34568 34568
            "$NW" dump --new --as m --limit 1 | grep -c .
            as 34567 34567
            stat -c '%a %g' "$DIR/store/cursors/m" "$DIR/store/cursors/.m.lock"
            """)
        #expect(ending.output == "1\n1\n1\n1\n660 23456\n660 23456\n")
        #expect(ending.errors.isEmpty)
    }

    @Test("A cursor ahead of the store, or behind what retention has removed, is said")
    func strangeCursors() async throws {
        try desk.store(Self.articles)
        desk.folder.write("99\n", to: "store/cursors/ahead")
        let ahead = await desk.run("dump", "--new", "--as", "ahead")
        #expect(ahead.status == 0 && ahead.output.isEmpty)
        #expect(ahead.errors.contains("has had all up to 99, but the store ends at 8"))
        #expect(desk.cursor("ahead") == "99\n")
        desk.folder.write("words\n", to: "store/cursors/damaged")
        let damaged = await desk.run("dump", "--new", "--as", "damaged")
        #expect(damaged.status == 65)
        #expect(damaged.errors.contains("newswire ack damaged SEQ"))
        #expect(
            await desk.run("consumers").output == """
                ahead\t99\t0\tahead of the store, which ends at 8
                damaged\t-\tits cursor cannot be read: it holds no number; set it with `newswire ack damaged SEQ`

                """)
    }

    @Test("A damaged line is told and never printed; the exit status is 0, and the cursor moves past it")
    func damage() async throws {
        try desk.store(Self.articles)
        let segment = "store/articles/00000000000000000001.jsonl"
        let text = try #require(desk.folder.text(segment))
        desk.folder.write(text.replacing("Article 2", with: "Article ?"), to: segment)
        for format in ["jsonl", "tsv", "text", "jsonfeed", "atom"] {
            let ending = await desk.run("dump", "--format", format)
            #expect(ending.status == 0)
            #expect(!ending.output.contains("Article ?"))
            #expect(ending.errors.contains("line 2") && ending.errors.contains("(seq 2)"))
        }
        #expect(try await seqs(["--new"]) == [1, 6, 7])
        #expect(desk.cursor() == "8\n")
    }

    @Test(
        "A regular file is on the disk before the cursor moves", .enabled(if: Tools.canTrace),
        .disabled(if: Sanitizer.isOn, "a sanitizer looks for leaks by tracing, too"))
    func fileBeforeCursor() async throws {
        try desk.store(Self.articles)
        let ending = await desk.shell(
            """
            strace -f -o "$DIR/log" -e trace=write,fsync,fdatasync,rename,renameat,renameat2 \
                "$NW" dump --new >"$DIR/out" && grep -E 'fsync\\(1\\)|fdatasync\\(1\\)|write\\(1,|rename' "$DIR/log"
            """)
        let calls = ending.lines.map { line in
            line.contains("rename") ? "rename" : line.contains("sync(1)") ? "sync" : "write"
        }
        // What says which record it is, and then the cursor; before all of it the consumer was made.
        #expect(calls.suffix(3) == ["sync", "rename", "rename"] && calls.prefix(2) == ["rename", "write"])
        #expect(calls.filter { $0 == "rename" }.count == 3)
        #expect(ending.lines.last?.contains("/cursors/default\"") == true)
    }

    @Test("With stdout closed a dump ends with 0, moves no cursor, and says so where it would have moved one")
    func closedOutput() async throws {
        let large = StoredArticle("large").with { $0.article.contentHTML = String(repeating: "x", count: 2_000_000) }
        try desk.store([StoredArticle("1"), large, large.with { $0.id = "more" }])
        let plain = await desk.shell("\"$NW\" dump | head -n 1; echo ${PIPESTATUS[0]}")
        #expect(plain.errors.isEmpty && plain.output.hasSuffix("\n0\n"))
        let ending = await desk.shell("\"$NW\" dump --new | head -n 1; echo ${PIPESTATUS[0]}")
        #expect(ending.errors.contains("the cursor of default stays at 0"))
        #expect(ending.output.hasSuffix("\n0\n"))
        #expect(desk.cursor() == "0\n")
        let gone = await desk.shell("\"$NW\" dump --new >&-; echo $?")
        #expect(gone.output == "74\n")
        #expect(desk.cursor() == "0\n")
    }

    @Test("A store that is not there is an error, and so is one of a newer format")
    func noStore() async throws {
        let missing = await desk.run("dump")
        #expect(missing.status == 74)
        #expect(missing.errors.contains("name the right [store] directory"))
        try desk.store([StoredArticle("1")])
        desk.folder.write("newswire store 3\n", to: "store/format")
        for command in [
            ["dump"], ["poll"], ["store", "verify"], ["store", "expire", "--before", "1d"], ["consumers"],
        ] {
            let ending = await desk.run(command)
            #expect(ending.status == 65, "\(command)")
            #expect(ending.errors.contains("newer format"), "\(command)")
        }
        #expect(desk.folder.text("store/format") == "newswire store 3\n")
    }
}

/// What a machine has for tests to use.
enum Tools {
    static func isThere(_ name: String) -> Bool {
        ["/usr/bin", "/bin", "/usr/local/bin"].contains { (folder: String) in access("\(folder)/\(name)", X_OK) == 0 }
    }

    /// Whether programs may be run as somebody else.
    static let canChangeUser = geteuid() == 0 && isThere("setpriv")

    /// Whether processes may be traced here.
    static let canTrace: Bool = {
        guard isThere("strace") else { return false }
        return system("strace -o /dev/null true 2>/dev/null") == 0
    }()
}
