import Configuration
import TestSupport
import Testing
import Web

@testable import newswire

@Suite("What check says of the secrets of a delivery")
struct DeliveryCheckTests {
    private let folder = TemporaryDirectory()

    @Test(
        "A secret that can be read and cannot be used is told, and nothing of it is repeated",
        arguments: [
            ("secret = { env = \"S\" }", "whsec_hunter2", "begins with whsec_ but"),
            ("bearer = { env = \"S\" }", "   ", "is blank"),
            ("to = { env = \"S\" }", "gopher://hunter2/", "holds no http"),
        ])
    func wrong(key: String, secret: String, words: String) throws {
        let target = key.hasPrefix("to") ? "" : "to = \"https://a.b/\"\n"
        let path = folder.write("\(target)\(key)\n", to: "deliver.d/chat.toml")
        let found = DeliveryCheck.secrets(try DeliveryFile(path, of: "chat"), ["S": secret])
        #expect(found.count == 1 && found[0].severity == .error && found[0].message.contains(words), "\(found)")
        #expect(!found.contains { $0.message.contains("hunter2") })
    }

    @Test(
        "A URL that no request gets to is warned of, as far as that can be told without a name server",
        arguments: [
            ("http://localhost:8065/hooks/x", "localhost:8065 is in a network that is not public"),
            ("http://10.1.2.3/", "10.1.2.3:80 is in a network that is not public"),
            ("https://[fd00::1]/{{uid}}", "[fd00::1]:443 is in a network that is not public"),
            ("https://0x7f.1/", "127.0.0.1:443 is in a network that is not public"),
            ("https://example.org:25/", "example.org:25 has a port that is not that of a web server"),
            ("https://example.org/hook", nil), ("https://8.8.8.8/", nil), ("http://mattermost.lan:8065/", nil),
            ("http://127.0.0.1:8066/", nil), ("http://localhost{{feed}}.example.org/", nil),
        ])
    func network(url: String, words: String?) throws {
        let path = folder.write("to = \"\(url)\"\n", to: "deliver.d/chat.toml")
        let policy = AddressPolicy.list([try #require(AddressPolicy.Entry("127.0.0.1:8066"))])
        let found = DeliveryCheck.network(try DeliveryFile(path, of: "chat"), policy, [:])
        #expect(
            found.map { $0.message.contains(words ?? "-") && $0.severity == .warning } == (words == nil ? [] : [true]))
        if let words {
            let entry = words.prefix { $0 != " " }
            #expect(found[0].message.contains("private_networks = [\"\(entry)\"] below [deliver]"), "\(found)")
            let allowed = AddressPolicy.list([try #require(AddressPolicy.Entry(String(entry)))])
            #expect(DeliveryCheck.network(try DeliveryFile(path, of: "chat"), allowed, [:]).isEmpty)
        }
    }

    @Test(
        "A secret that can be used, and one that cannot be read here, are no mistakes", arguments: ["open sesame", nil])
    func right(secret: String?) throws {
        let path = folder.write("to = \"https://a.b/\"\nsecret = { env = \"S\" }\n", to: "deliver.d/chat.toml")
        let environment = secret.map { ["S": $0] } ?? [:]
        #expect(DeliveryCheck.secrets(try DeliveryFile(path, of: "chat"), environment).isEmpty)
    }
}
