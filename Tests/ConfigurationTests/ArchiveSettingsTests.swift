import TestSupport
import Testing

@testable import Configuration

@Suite("Where pages are kept as they came ([archive])")
struct ArchiveSettingsTests {
    private let folder = TemporaryDirectory()

    private func load(_ text: String) throws -> Configuration {
        try ConfigurationLoader.load(
            path: folder.write("[store]\ndirectory = \"store\"\n" + text, to: "newswire.toml"),
            environment: ["HOME": "/nonexistent"])
    }

    private func refusal(_ text: String) -> String? {
        do {
            _ = try load(text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("Nothing is kept where nobody says so; what is kept lies below the store, for 90 days, in at most 50 GiB")
    func defaults() throws {
        let configuration = try load("")
        #expect(!configuration.fullText.keepPages)
        #expect(configuration.archive.folder(store: "/var/lib/newswire") == "/var/lib/newswire/archive")
        #expect(
            configuration.archive.retain == .span(.seconds(90 * 86_400)) && configuration.archive.maxSize == 50 << 30)
        #expect(configuration.archive.rotateSize == 256 << 20 && configuration.archive.rotateTime == .seconds(86_400))
    }

    @Test("What is set is printed as it is read again")
    func printed() throws {
        let configuration = try load(
            """
            [fulltext]
            keep_pages = true
            [archive]
            directory = "/srv/archive"
            retain = "forever"
            max_size = "2GiB"
            rotate_size = "64MiB"
            rotate_time = "1h"
            """)
        #expect(configuration.fullText.keepPages && configuration.archive.folder(store: "/x") == "/srv/archive")
        let printed = configuration.printEffective()
        #expect(printed.contains("[archive]\ndirectory = \"/srv/archive\"\nretain = \"forever\"\n"))
        let again = try ConfigurationLoader.load(
            path: folder.write(printed, to: "again.toml"), environment: ["HOME": "/nonexistent"])
        #expect(again == configuration)
        #expect(try load("").changesAfterRestart(to: configuration).map(\.name) == ["[archive] directory"])
    }

    @Test(
        "A directory that is something else of the store, or leads out of it, is refused",
        arguments: ["articles", "state", "lock", "../archive", "a/b", ".hidden", "", "/", "/srv/../etc", "a\\nb"])
    func directory(text: String) {
        #expect(refusal("[archive]\ndirectory = \"\(text)\"")?.contains("[archive] directory") == true)
    }

    @Test("A file may not be larger than the whole archive")
    func sizes() {
        #expect(
            refusal("[archive]\nmax_size = \"1MiB\"\nrotate_size = \"2MiB\"")?.contains("rotate_size (2MiB)") == true)
        #expect(refusal("[archive]\nmax_size = \"128MiB\"")?.contains("larger than max_size (128MiB)") == true)
        #expect(refusal("[archive]\nmax_size = \"2MiB\"\nrotate_size = \"2MiB\"") == nil)
    }

    @Test("The check says where the archive cannot be, and that no feed has pages")
    func check() throws {
        let feed = "contact = \"https://example.org/bot\"\n"
        func found(_ archive: String, fulltext: String = "always") throws -> [Diagnostic] {
            try ConfigurationLoader.load(
                path: folder.write(
                    feed
                        + "[fulltext]\nkeep_pages = true\nfulltext = \"\(fulltext)\"\n[archive]\ndirectory = \"\(archive)\"\n"
                        + "[store]\ndirectory = \"store\"\n[[feed]]\nurl = \"https://example.org/feed\"\n",
                    to: "newswire.toml"),
                environment: ["HOME": "/nonexistent"]
            ).checkArchive()
        }
        #expect(try found("archive").isEmpty)
        #expect(try found("archive", fulltext: "never").map(\.severity) == [.warning])
        #expect(try found(folder.file("pages")).isEmpty)
        #expect(try found(folder.file("newswire.toml")).map(\.severity) == [.error])
        let missing = try found(folder.file("no/pages"))
        #expect(missing.map(\.severity) == [.error] && missing[0].message.contains("cannot be made"))
    }
}
