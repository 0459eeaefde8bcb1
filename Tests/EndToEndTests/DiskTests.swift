import Glibc
import JSONText
import TestSupport
import Testing

/// Disks that are full or read-only, made of a small tmpfs in a mount namespace of the test's own.
@Suite("A disk that does not take what is written (contract.md §5)", .serialized, .enabled(if: Mounts.areAllowed))
struct DiskTests {
    private let desk = Desk(feeds: [])

    /// Runs a script in which `$STORE` is on a tmpfs of `$SIZE`, and `$NW` polls the feed `$DIR/feed.xml`.
    private func run(size: String, _ script: String) async throws -> ChildProcess.Ending {
        desk.folder.write("", to: "disk/.keep")
        let large = String(repeating: "Lorem ipsum dolor sit amet. ", count: 40_000)
        desk.folder.write(Publisher.rss((1...3).map { ("\($0)", "Title \($0) \(large)") }), to: "large.xml")
        desk.folder.write(Publisher.rss([("0", "Zero")]), to: "feed.xml")
        desk.folder.write(
            """
            [schedule]
            min_interval = "1s"
            [store]
            directory = "disk/store"
            [[feed]]
            url = "feed.xml"
            id = "local"
            interval = "1s"
            """, to: "newswire.toml")
        return await ChildProcess(
            "/usr/bin/env",
            [
                "unshare", "-m", "bash", "-c",
                """
                mount --make-rprivate / && mount -t tmpfs -o size=\(size) tmpfs "$DIR/disk" || exit 99
                dump() { "$NW" dump --format tsv "$@" | cut -f 1,5; }
                # Waits for a text in the service's log, 60 seconds at most.
                says() { for i in $(seq 1200); do grep -q "$1" "$DIR/log" && return; sleep 0.05; done; echo "never: $1"; cat "$DIR/log"; }
                \(script)
                """,
            ],
            environment: [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "NW": Desk.binary, "DIR": desk.folder.path,
                "NEWSWIRE_CONFIG": desk.folder.file("newswire.toml"), "HOME": "/nonexistent", "LC_ALL": "C.UTF-8",
            ]
        ).wait()
    }

    @Test("poll on a full disk ends with 74, dump goes on, and the same is stored when there is room")
    func pollOnFullDisk() async throws {
        let ending = try await run(
            size: "1m",
            """
            "$NW" poll --all 2>/dev/null; echo $?
            cp "$DIR/large.xml" "$DIR/feed.xml"
            "$NW" poll --all; echo $?
            dump
            "$NW" dump --new --no-ack | wc -l
            mount -o remount,size=64m "$DIR/disk"
            "$NW" poll --all 2>/dev/null; echo $?
            dump
            "$NW" store verify | tail -n 2 | head -n 1
            """)
        #expect(ending.output == "0\n74\n1\t0\n1\n0\n1\t0\n2\t1\n3\t2\n4\t3\nverdict: whole\n")
        #expect(ending.errors.contains("No space left on device"))
    }

    @Test("poll on a read-only disk ends with 74, and dump goes on; a cursor that cannot be kept is said")
    func readOnlyDisk() async throws {
        let ending = try await run(
            size: "16m",
            """
            "$NW" poll --all 2>/dev/null; echo $?
            mount -o remount,ro "$DIR/disk"
            "$NW" poll --all; echo $?
            dump
            "$NW" dump --new --no-ack --format tsv | cut -f 5
            "$NW" dump --new >/dev/null; echo $?
            "$NW" store verify | tail -n 2 | head -n 1
            mount -o remount,rw "$DIR/disk"
            "$NW" dump --new --format tsv | cut -f 5
            """)
        #expect(ending.output == "0\n74\n1\t0\n0\n74\nverdict: whole\n0\n")
        #expect(ending.errors.contains("Read-only file system"))
    }

    @Test("contract.md §4: a new consumer gets its articles from a full disk too, and the command ends with the reason")
    func newConsumer() async throws {
        let ending = try await run(
            size: "1m",
            """
            "$NW" poll --all 2>/dev/null; echo $?
            head -c 2m /dev/zero >"$DIR/disk/fill" 2>/dev/null
            "$NW" dump --new --as fresh --format tsv | cut -f 5; echo ${PIPESTATUS[0]}
            "$NW" dump --new --as fresh --format tsv | cut -f 5; echo ${PIPESTATUS[0]}
            rm "$DIR/disk/fill"
            "$NW" dump --new --as fresh --format tsv 2>/dev/null | cut -f 5; echo ${PIPESTATUS[0]}
            "$NW" dump --new --as fresh --format tsv | cut -f 5; echo ${PIPESTATUS[0]}
            """)
        #expect(ending.output == "0\n0\n74\n0\n74\n0\n0\n0\n")
        #expect(ending.errors.contains("No space left on device") && ending.errors.contains("tried again"))
    }

    @Test("The service says so once, in an event too, stops polling, serves dumps, and resumes by itself")
    func service() async throws {
        let ending = try await run(
            size: "1m",
            """
            "$NW" run 2>"$DIR/log" &
            says started
            until [ "$(dump 2>/dev/null)" ]; do sleep 0.05; done
            cp "$DIR/large.xml" "$DIR/feed.xml"
            says 'nothing is stored'
            dump
            mount -o remount,size=64m "$DIR/disk"
            says 'can be written again'
            until [ "$(dump | wc -l)" = 4 ]; do sleep 0.05; done
            kill %1; wait %1; echo $?
            dump
            "$NW" store verify | tail -n 2 | head -n 1
            grep -c 'nothing is stored' "$DIR/log"
            "$NW" dump --events | grep -o '"event":"[a-z_]*"'
            """)
        #expect(ending.output == "1\t0\n0\n1\t0\n2\t1\n3\t2\n4\t3\nverdict: whole\n1\n\"event\":\"disk_full\"\n")
        #expect(ending.errors.isEmpty)
    }
}

enum Mounts {
    /// Whether this user may mount a tmpfs in a namespace of its own.
    static let areAllowed: Bool = {
        guard Tools.isThere("unshare") else { return false }
        return system("unshare -m mount -t tmpfs -o size=1m tmpfs /mnt 2>/dev/null") == 0
    }()
}
