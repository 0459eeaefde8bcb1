import Glibc
import TestSupport
import Testing

@testable import Configuration

@Suite("The files that a configuration was read from")
struct ConfigurationSourcesTests {
    private let folder = TemporaryDirectory()

    private func load() throws -> ConfigurationSources {
        folder.write(
            "include = [\"feeds.d/*.toml\", \"list.txt\"]\n[store]\ndirectory = \"store\"\n", to: "newswire.toml")
        folder.write("# none\n", to: "feeds.d/one.toml")
        folder.write("# none\n", to: "list.txt")
        return try ConfigurationLoader.load(path: folder.file("newswire.toml"), environment: [:]).sources
    }

    @Test("They have not changed as long as nobody writes them")
    func unchanged() throws {
        let sources = try load()
        #expect(!sources.haveChanged())
        folder.write("# none", to: "feeds.d/other.txt")
        #expect(!sources.haveChanged())
    }

    @Test(
        "A file that is written, replaced or removed changes them",
        arguments: ["newswire.toml", "feeds.d/one.toml", "list.txt"])
    func changed(_ name: String) throws {
        var sources = try load()
        folder.write((folder.text(name) ?? "") + "#", to: name)
        #expect(sources.haveChanged())
        sources = try load()
        // Of the same bytes, size and time of its content, as an editor or `mv` leaves it.
        let old = folder.file(name)
        #expect(rename(old, old + ".old") == 0)
        folder.write(folder.text(name + ".old") ?? "", to: name)
        var status = stat()
        #expect(stat(old + ".old", &status) == 0)
        var times = [status.st_atim, status.st_mtim]
        #expect(utimensat(AT_FDCWD, old, &times, 0) == 0)
        #expect(sources.haveChanged())
        unlink(old + ".old")
        sources = try load()
        unlink(old)
        #expect(sources.haveChanged())
    }

    @Test("A file that a pattern of an include finds now, or not any more, changes them")
    func patterns() throws {
        let sources = try load()
        folder.write("", to: "feeds.d/two.toml")
        #expect(sources.haveChanged())
        unlink(folder.file("feeds.d/two.toml"))
        #expect(!sources.haveChanged())
    }

    @Test("A wrong configuration has them too, so that nobody reads it again before it changes")
    func wrong() throws {
        _ = try load()
        folder.write("include = [\"none.toml\"]\n", to: "newswire.toml")
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader.load(path: folder.file("newswire.toml"), environment: [:])
        }
        let sources = try #require(error?.sources)
        #expect(!sources.haveChanged())
        folder.write("", to: "none.toml")
        #expect(sources.haveChanged())
        #expect(ConfigurationSources().haveChanged())
    }
}
