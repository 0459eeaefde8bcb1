import Configuration
import FeedModel
import Glibc
import TestSupport
import Testing

@Suite("The configuration that is shipped: contract.md §2")
struct ShippedConfigurationTests {
    let fixture = ConfigurationFixture()

    private static func root(file: String = #filePath) -> String {
        "/" + file.split(separator: "/").dropLast(3).joined(separator: "/")
    }

    /// The text of config/newswire.toml.
    private func shipped() throws -> String { try text("config/newswire.toml") }

    private func text(_ file: String) throws -> String {
        let stream = try #require(fopen("\(Self.root())/\(file)", "r"))
        defer { fclose(stream) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { text += buffer[..<count] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The text with every key that is shown as a comment set.
    private func uncommented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("#") && !$0.hasPrefix("# ") && $0 != "#" ? $0.dropFirst() : $0 }
            .joined(separator: "\n")
    }

    @Test("It loads as it is, without feeds")
    func loads() throws {
        let configuration = try fixture.load(try shipped())
        #expect(configuration.feeds.isEmpty && configuration.warnings.isEmpty)
    }

    @Test("The values it shows are the defaults")
    func defaults() throws {
        var text = uncommented(try shipped())
        text = text.replacing("basic_auth = {", with: "#basic_auth = {")
        var configuration = try fixture.load(text)
        let standard = try fixture.load("")
        #expect(configuration.fetch == standard.fetch && configuration.schedule == standard.schedule)
        #expect(configuration.log == standard.log && configuration.store.directory == "/var/lib/newswire")
        configuration.store.directory = standard.store.directory
        #expect(configuration.store == standard.store)
        let feed = try #require(configuration.feeds.first)
        let plain = try #require(try fixture.load(ConfigurationTests.feed("")).feeds.first)
        #expect(feed.timeout == plain.timeout && feed.connectTimeout == plain.connectTimeout)
        #expect(feed.maxAgeCap == plain.maxAgeCap && feed.privateNetworks == plain.privateNetworks)
        #expect(feed.proxy == plain.proxy && feed.caFile == plain.caFile && feed.updates == plain.updates)
        #expect(feed.tlsVerify && feed.http2 && feed.keepAlive && feed.aliases && feed.enabled)
    }

    @Test("It shows every key, and none that does not exist")
    func everyKey() throws {
        let text = uncommented(try shipped())
        func keys(from header: String) throws -> [String] {
            let lines = text.split(separator: "\n")
            let start = header.isEmpty ? 0 : try #require(lines.firstIndex { $0.hasPrefix(header) }) + 1
            let section = lines[start...].prefix { !$0.hasPrefix("[") }
            return section.compactMap { line in
                line.hasPrefix("#") ? nil : line.split(separator: " ").first.map(String.init)
            }
        }
        #expect(try keys(from: "") == AllKeys.root)
        #expect(try keys(from: "[fetch]") == AllKeys.fetch)
        #expect(try keys(from: "[host.") == AllKeys.host)
        #expect(try keys(from: "[schedule]") == AllKeys.schedule)
        #expect(try keys(from: "[store]") == AllKeys.store)
        #expect(try keys(from: "[status]") == AllKeys.status)
        #expect(try keys(from: "[log]") == AllKeys.log)
        #expect(try keys(from: "[[feed]]") == AllKeys.feed)
    }

    @Test("newswire.toml(5) describes every key in its section, and none that does not exist")
    func manPage() throws {
        let page = try text("docs/man/newswire.toml.5")
        func keys(under header: String) throws -> [String] {
            let start = try #require(page.firstRange(of: "\n.Ss \(header)\n"), "\(header)")
            let lines = page[start.upperBound...].split(separator: "\n").prefix { !$0.hasPrefix(".S") }
            return lines.filter { $0.hasPrefix(".It Ic ") }.map { String($0.dropFirst(7)) }
        }
        #expect(try keys(under: "Top of the file") == AllKeys.root)
        #expect(try keys(under: "[fetch]") == AllKeys.fetch)
        #expect(try keys(under: "[host.\\&\"NAME\\&\"]") == AllKeys.host)
        #expect(try keys(under: "[schedule]") == AllKeys.schedule)
        #expect(try keys(under: "[store]") == AllKeys.store)
        #expect(try keys(under: "[log]") == AllKeys.log)
        #expect(try keys(under: "[[feed]]") == AllKeys.feed)
    }

    @Test("The sample desk loads without a warning and finds all its feeds")
    func sample() throws {
        let path = Self.root() + "/config/sample/newswire.toml"
        let configuration = try ConfigurationLoader.load(path: path, environment: ["HOME": "/home/somebody"])
        #expect(
            configuration.feeds.map(\.id.text) == ["defence-notes", "northern-watch", "airshow-daily", "drone-ledger"])
        #expect(configuration.feeds.map(\.isLocalFile) == [true, true, true, true])
        #expect(configuration.warnings.isEmpty)
        #expect(configuration.checkReferences(environment: [:]).isEmpty)
        #expect(configuration.store.directory.hasSuffix("/.build/sample/store"))
    }
}
