import FeedModel
import Glibc
import JSONText
import TestSupport
import Testing

/// The readers end by themselves (`head`), and with them the followers: no test waits for a time to pass.
@Suite("newswire dump --follow (contract.md §4)", .serialized)
struct FollowTests {
    private let desk = Desk(feeds: [])

    @Test("It goes on as articles come, and ends quietly when its reader goes")
    func follows() async throws {
        try desk.store([StoredArticle("1"), StoredArticle("2")])
        let follower = desk.startShell(
            "\"$NW\" dump --new --from beginning --follow --format tsv | head -n 4 | cut -f 5; echo ${PIPESTATUS[0]}")
        try desk.store([StoredArticle("3")])
        try desk.store([StoredArticle("4"), StoredArticle("5")])
        let ending = await follower.wait()
        #expect(ending.output == "1\n2\n3\n4\n0\n")
        #expect(ending.errors.isEmpty)
    }

    @Test("It waits for a store that is not there yet")
    func noStoreYet() async throws {
        let follower = desk.startShell("\"$NW\" dump --new --follow --format tsv | head -n 1 | cut -f 5")
        try desk.store([StoredArticle("1")])
        #expect(await follower.wait().output == "1\n")
    }

    @Test("Where the kernel tells nothing it looks for itself", .enabled(if: Tools.canTrace))
    func withoutNotifications() async throws {
        try desk.store([StoredArticle("1")])
        let follower = desk.startShell(
            """
            strace -f -o /dev/null -e trace=inotify_init1 -e inject=inotify_init1:error=EMFILE \
                "$NW" dump --new --follow --format tsv | { read -r a; echo >"$DIR/first"; read -r b; echo "$b" | cut -f 5; }
            """)
        try desk.store([StoredArticle("2")])
        #expect(await follower.wait().output == "2\n")
    }

    @Test("Its cursor moves after each batch; a limit ends it")
    func cursor() async throws {
        try desk.store((1...5).map { StoredArticle("\($0)") })
        let ending = await desk.run("dump", "--new", "--follow", "--limit", "3")
        #expect(ending.status == 0 && ending.lines.count == 3)
        #expect(desk.cursor() == "3\n")
        let follower = desk.startShell(
            """
            "$NW" dump --new --follow --format tsv | {
                read -r a; read -r b
                # What was written before is acknowledged once the next article has come.
                until [ "$(cat "$DIR/store/cursors/default")" = 5 ]; do sleep 0.01; done
                echo moved
            }
            """)
        #expect(await follower.wait().output == "moved\n")
    }

    @Test("Several followers get the same")
    func several() async throws {
        try desk.store([StoredArticle("1")])
        let followers = ["a", "b", "c"].map { name in
            desk.startShell("\"$NW\" dump --new --as \(name) --follow --format tsv | head -n 3 | cut -f 5")
        }
        let plain = desk.startShell("\"$NW\" dump --after 1 --follow --format text | grep -m 2 -c Article")
        try desk.store([StoredArticle("2"), StoredArticle("3")])
        for follower in followers { #expect(await follower.wait().output == "1\n2\n3\n") }
        #expect(await plain.wait().output == "2\n")
    }

    @Test("It survives retention, and says what it has not seen")
    func retention() async throws {
        let days = (0..<6).map { day in
            StoredArticle("\(day)").with { $0.stored = Timestamp(year: 2026, month: 1, day: 1 + day) }
        }
        try desk.store(days, segmentAge: 1)
        let ending = await desk.shell(
            """
            "$NW" dump --after 1 --limit 1 >/dev/null
            "$NW" store expire --before 2026-01-05 2>/dev/null
            "$NW" dump --after 1 --follow --format tsv | head -n 2 | cut -f 5
            """)
        #expect(ending.output == "4\n5\n")
        #expect(ending.errors.contains("records 2 to 4 are not there any more"))
    }

    @Test("It goes on in a store that was put back from an older copy")
    func olderCopy() async throws {
        try desk.store([StoredArticle("1")])
        let ending = await desk.shell(
            """
            cp -a "$DIR/store" "$DIR/copy"
            printf 'x' >"$DIR/go"
            """)
        #expect(ending.status == 0)
        try desk.store([StoredArticle("2"), StoredArticle("3")])
        let follower = desk.startShell(
            """
            "$NW" dump --follow --format tsv | {
                read -r a; read -r b; read -r c
                mv "$DIR/store" "$DIR/away" && mv "$DIR/copy" "$DIR/store"
                echo swapped >&2
                read -r d; echo "$d" | cut -f 1,5
            }
            """)
        await follower.saysInErrors("going on behind 1")
        try desk.store([StoredArticle("4")])
        let end = await follower.wait()
        #expect(end.output == "2\t4\n")
        #expect(end.errors.contains("record 3 of the store is not the one that was seen in it"))
    }
}

extension ChildProcess {
    /// Returns when the text stands in what it has written to standard error; after 20 seconds in any case.
    func saysInErrors(_ text: String) async {
        await BlockingCall.run { [self] in
            for _ in 0..<2000 where !errors.contains(text) { usleep(10_000) }
        }
    }
}
