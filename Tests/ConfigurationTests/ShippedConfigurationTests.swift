import Configuration
import FeedModel
import TestSupport
import Testing

@Suite("The configuration that is shipped: contract.md §2")
struct ShippedConfigurationTests {
    let fixture = ConfigurationFixture()

    /// The text of config/newswire.toml.
    private func shipped() throws -> String {
        try #require(Checkout.text("config/newswire.toml"))
    }

    /// The text with every key that is shown as a comment set.
    private func uncommented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("#") && !$0.hasPrefix("# ") && $0 != "#" ? $0.dropFirst() : $0 }
            .joined(separator: "\n")
    }

    @Test("The configuration that is shipped loads as it is, without feeds")
    func loads() throws {
        let configuration = try fixture.load(try shipped())
        #expect(configuration.feeds.isEmpty && configuration.warnings.isEmpty)
    }

    @Test("The configuration that is shipped shows the defaults")
    func defaults() throws {
        var text = uncommented(try shipped())
        // Of these a feed may have one, and [fetch] has none by default; a bus is shown credentials or a password.
        for key in ["\nbasic_auth", "\ndigest_auth", "\nproxy_auth", "\ncredentials"] {
            text = text.replacing("\(key) = {", with: "\n#\(key.dropFirst()) = {")
        }
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

    @Test("The sample desk loads without a warning and finds all its feeds")
    func sample() throws {
        let path = Checkout.root + "/config/sample/newswire.toml"
        let configuration = try ConfigurationLoader.load(path: path, environment: ["HOME": "/home/somebody"])
        #expect(
            configuration.feeds.map(\.id.text) == ["defence-notes", "northern-watch", "airshow-daily", "drone-ledger"])
        #expect(configuration.feeds.map(\.isLocalFile) == [true, true, true, true])
        #expect(configuration.warnings.isEmpty)
        #expect(configuration.checkReferences(environment: [:]).isEmpty)
        #expect(configuration.store.directory.hasSuffix("/.build/sample/store"))
    }
}
