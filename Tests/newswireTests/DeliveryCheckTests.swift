import Configuration
import TestSupport
import Testing

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
        "A secret that can be used, and one that cannot be read here, are no mistakes", arguments: ["open sesame", nil])
    func right(secret: String?) throws {
        let path = folder.write("to = \"https://a.b/\"\nsecret = { env = \"S\" }\n", to: "deliver.d/chat.toml")
        let environment = secret.map { ["S": $0] } ?? [:]
        #expect(DeliveryCheck.secrets(try DeliveryFile(path, of: "chat"), environment).isEmpty)
    }
}
