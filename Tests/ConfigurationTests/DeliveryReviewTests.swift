import FeedModel
import TestSupport
import Testing

@testable import Configuration

@Suite("What check says of a delivery: contract.md §2.13")
struct DeliveryReviewTests {
    let fixture = ConfigurationFixture()
    private let main = """
        contact = "https://example.org/"
        [[feed]]
        url = "https://a.org/"
        id = "northern"
        formerly = ["old"]
        tags = ["naval"]
        [[filter]]
        name = "drones"
        action = "label"
        label = "drones"
        match = "drone*"

        """

    private func file(_ text: String) throws -> DeliveryFile {
        try DeliveryFile(fixture.write(text, to: "deliver.d/chat.toml"), of: "chat")
    }

    private func warnings(_ text: String) throws -> [String] {
        fixture.shown(try fixture.load(main).review(try file(text)))
    }

    @Test("Feeds and tags that there are, and labels of rules, are no reason to warn")
    func known() throws {
        #expect(
            try warnings(
                "feeds = [\"northern\"]\ntags = [\"NAVAL\", \"drones\"]\nmatch = 'feed:northern tag:drones'\n"
            ).isEmpty)
    }

    @Test("Feeds and tags that there are not are said, as those of rules are, and former ids with the new ones")
    func unknown() throws {
        for (line, message) in [
            ("feeds = [\"northen\"]", "feeds: there is no feed northen; did you mean northern?"),
            (
                "feeds = [\"x\"]",
                "feeds: there is no feed x; the delivery starts only where the store has articles of it"
            ),
            (
                "feeds = [\"old\"]",
                "feeds: \"old\" is a former id of the feed \"northern\", for which it holds; write the new one"
            ),
            (
                "tags = [\"x\"]",
                "tags: no feed has the tag x, and no rule gives it; the delivery starts only where the store has it"
            ),
            ("match = 'feed:x'", "match: its query asks for feed:x, and there is no such feed"),
            ("match = ['y', 'tag:x']", "match: its query asks for tag:x, and no feed has that tag"),
            (
                "match = 'feed:old'",
                "match: \"old\" is a former id of the feed \"northern\", for which it holds; write the new one"
            ),
            ("match = 'age:>7d age:<1d'", "match: its query contradicts itself and matches nothing"),
        ] {
            #expect(try warnings("#\n\(line)\n") == ["deliver.d/chat.toml:2: warning: \(message)"])
        }
        #expect(try warnings("match = 'x or y'").count == 1)
    }

    @Test("Secrets of a delivery are looked at, but for those that its unit alone gets")
    func secrets() throws {
        fixture.write("open sesame\n", to: "deliver.d/good", mode: 0o640)
        fixture.write("open sesame\n", to: "deliver.d/open", mode: 0o644)
        let configuration = try fixture.load(main)
        func said(_ line: String) throws -> [String] {
            fixture.shown(configuration.checkReferences(of: try file("#\n\(line)\n"), environment: [:]))
        }
        #expect(try said("to = { file = \"good\" }\nsecret = [{ file = \"good\" }, { file = \"good\" }]\n").isEmpty)
        for (line, start) in [
            ("bearer = { file = \"none\" }", "error: bearer: the secret "),
            ("to = { file = \"open\" }", "error: to: the secret "),
            ("headers = { X-Key = { env = \"NONE\" } }", "error: headers: the secret "),
            ("smtp_password = { credential = \"smtp\" }", "note: smtp_password: the secret "),
        ] {
            let said = try said(line)
            #expect(said.count == 1 && said[0].hasPrefix("deliver.d/chat.toml:2: \(start)"), "\(said)")
            #expect(!said.joined().contains("sesame"))
        }
        let note = try said("secret = { credential = \"hook\" }")
        #expect(
            note[0].hasSuffix("LoadCredential=hook in newswire-deliver@chat.service gives it to the delivery alone"))
    }

    @Test("A secret in the folder that the unit closes to deliveries is warned of")
    func closed() throws {
        let configuration = Configuration(path: "/etc/newswire/newswire.toml", store: StoreSettings(directory: "/x"))
        func warnings(_ path: String) throws -> [String] {
            let delivery = try file("bearer = { file = \"\(path)\" }\n")
            return configuration.checkReferences(of: delivery, environment: [:])
                .filter { $0.severity == .warning }.map(\.message)
        }
        let said = try warnings("/etc/newswire/secrets/hook")
        #expect(
            said.count == 1 && said[0].contains("newswire-deliver@chat.service may not look into /etc/newswire/secrets")
        )
        #expect(try warnings("/etc/newswire/deliver.d/hook").isEmpty)
    }
}
