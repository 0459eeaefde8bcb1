import Glibc
import TestSupport
import Testing

@testable import Configuration

@Suite("One command at a time changes a configuration: contract.md §2.12")
struct ConfigurationLockTests {
    private let folder = TemporaryDirectory()

    private func hold(_ main: String, patience: Int = 0, _ work: () throws -> Void) throws {
        try ConfigurationLock.hold(main: main, patience: patience, waiting: {}, work)
    }

    @Test("While one holds the right, another that reaches the file by a link is refused, and afterwards not")
    func exclusive() throws {
        let main = folder.write("", to: "etc/newswire.toml")
        folder.write("", to: "elsewhere/none")
        let link = folder.file("elsewhere/newswire.toml")
        #expect(symlink(main, link) == 0)
        try hold(main) {
            let failure = #expect(throws: ConfigurationLock.Failure.self) { try hold(link) {} }
            #expect(failure?.isBusy == true && failure?.message.contains("changing the configuration in ") == true)
            // Another configuration has nothing to do with it.
            try hold(folder.write("", to: "other/newswire.toml")) {}
        }
        try hold(link) {}
        struct Stop: Error {}
        #expect(throws: Stop.self) { try hold(main) { throw Stop() } }
        try hold(main) {}
    }

    @Test("What an edit that was killed has left half written goes with the next one, and nothing else does")
    func remains() async throws {
        let main = folder.write("", to: "newswire.toml")
        let child = ChildProcess("/bin/true", [], environment: [:], input: [])
        let dead = child.pid
        folder.write("", to: ".newswire-\(getpid())")
        for name in [".newswire-\(dead)", "feeds.d/.newswire-\(dead)", ".newswire-x", ".newswire-", ".newswire--5"] {
            folder.write("", to: name)
        }
        _ = await child.wait()
        try hold(main) {}
        #expect(folder.read(".newswire-\(dead)") == nil && folder.read("feeds.d/.newswire-\(dead)") == nil)
        for name in [".newswire-\(getpid())", ".newswire-x", ".newswire-", ".newswire--5"] {
            #expect(folder.read(name) != nil, "\(name)")
        }
    }

    @Test(
        "It is told whether a file that is about to come would be included",
        arguments: [
            ("[\"feeds.d/*.toml\"]", true), ("[\"./feeds.d/*\"]", true), ("[\"link/*.toml\"]", true),
            ("[\"other.toml\"]", true), ("[\"*/*.toml\"]", true), ("[]", false), ("[\"feeds.d/*.opml\"]", false),
            ("[\"x*.toml\"]", false), ("[\"feeds.d/[g-z]*.toml\"]", false),
        ])
    func include(entries: String, isIncluded: Bool) throws {
        // The folder's name is no pattern.
        folder.write("include = [\"feeds.d/*.toml\"]\n", to: "c*[x]/other.toml")
        folder.write("", to: "c*[x]/feeds.d/none")
        #expect(symlink("feeds.d", folder.file("c*[x]/link")) == 0)
        let main = folder.write("include = \(entries)\n", to: "c*[x]/newswire.toml")
        let configuration = try ConfigurationLoader.load(path: main, environment: ["HOME": "/h"])
        #expect((FeedFile.missingInclude(in: configuration) == nil) == isIncluded)
    }
}
