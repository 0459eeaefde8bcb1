import FeedModel
import Testing
import Web

@testable import Ingestion

@Suite("What is remembered of robots.txt")
struct RobotsCacheTests {
    private let now = Timestamp(seconds: 1_000_000)
    private let file = RobotsFile(Array("User-agent: *\nDisallow: /a\n".utf8), agent: "newswire")

    @Test("A file counts for a day, and one that could not be had until it is asked for again")
    func lifetime() {
        let cache = RobotsCache()
        cache.keep(.rules(file), of: "https://a/robots.txt", at: now)
        cache.keep(.unavailable(until: now.adding(seconds: 60)), of: "https://b/robots.txt", at: now)
        #expect(cache.answer(for: "https://a/robots.txt", at: now.adding(seconds: 86_399)) == .rules(file))
        #expect(cache.answer(for: "https://a/robots.txt", at: now.adding(seconds: 86_400)) == nil)
        #expect(cache.answer(for: "https://b/robots.txt", at: now.adding(seconds: 60)) == nil)
        #expect(cache.answer(for: "https://a/robots.txt", at: Timestamp(seconds: 0)) == nil)
    }

    @Test("Each server has its own, by scheme and port")
    func servers() throws {
        #expect(RobotsCache.url(for: try WebURL("https://a.example/b/c?d=e")) == "https://a.example/robots.txt")
        #expect(RobotsCache.url(for: try WebURL("http://a.example:8080")) == "http://a.example:8080/robots.txt")
    }

    @Test("Many large files take no more memory than there is for them: the oldest go")
    func memory() {
        let cache = RobotsCache()
        let rules = String(repeating: "Disallow: /\(String(repeating: "x", count: 1000))\n", count: 490)
        let large = RobotsFile(Array("User-agent: *\n\(rules)".utf8), agent: "newswire")
        for number in 0..<60 {
            cache.keep(.rules(large), of: "\(number)", at: now.adding(seconds: number))
        }
        let later = now.adding(seconds: 60)
        #expect(cache.answer(for: "0", at: later) == nil)
        #expect(cache.answer(for: "59", at: later) != nil)
    }
}
