import Testing
import Web

@Suite("What a robots.txt allows (RFC 9309)")
struct RobotsFileTests {
    private func file(_ text: String, agent: String = "newswire/1.0 (+https://example.org/bot)") -> RobotsFile {
        RobotsFile(Array(text.utf8), agent: agent)
    }

    @Test("The group that names the crawler counts, in any case, and the one for all is passed over then")
    func ownGroup() {
        let robots = file(
            """
            User-agent: *
            Disallow: /

            User-Agent: NewsWire
            Disallow: /private/
            """)
        #expect(robots.allows("/story"))
        #expect(!robots.allows("/private/story"))
    }

    @Test("Without a group of its own the crawler goes by the one for all")
    func generalGroup() {
        let robots = file("User-agent: otherbot\nDisallow: /\n\nUser-agent: *\nDisallow: /search\n")
        #expect(robots.allows("/story"))
        #expect(!robots.allows("/search?q=a"))
    }

    @Test("Several groups of one name are one, and several names may stand before one group's rules")
    func joinedGroups() {
        let robots = file(
            """
            user-agent: otherbot
            user-agent: newswire
            disallow: /a
            user-agent: somebot
            disallow: /b
            user-agent: newswire/2
            disallow: /c
            """)
        #expect(!robots.allows("/a"))
        #expect(robots.allows("/b"))
        #expect(!robots.allows("/c"))
    }

    @Test("A name that only begins like the crawler's is another crawler's")
    func otherName() {
        let robots = file("User-agent: newswire-images\nDisallow: /\n")
        #expect(robots.allows("/story"))
    }

    @Test("A group that names the crawler without a rule allows everything")
    func emptyGroup() {
        let robots = file("User-agent: *\nDisallow: /\nUser-agent: newswire\nDisallow:\n")
        #expect(robots.allows("/story"))
    }

    @Test(
        "The longest rule decides, and of two as long the one that allows",
        arguments: [
            ("Disallow: /a\nAllow: /a/open", "/a/open/1", true), ("Allow: /a/open\nDisallow: /a", "/a/closed", false),
            ("Disallow: /page\nAllow: /page", "/page", true), ("Allow: /\nDisallow: /", "/x", true),
            ("Allow: /p\nDisallow: /*.htm", "/page.htm", false), ("Allow: /$\nDisallow: /", "/", true),
            ("Allow: /$\nDisallow: /", "/page.htm", false),
        ])
    func longest(rules: String, path: String, isAllowed: Bool) {
        #expect(file("User-agent: *\n\(rules)\n").allows(path) == isAllowed)
    }

    @Test(
        "A star stands for any text, and a dollar at the end for the end",
        arguments: [
            ("/fish", "/fish.html", true), ("/fish", "/Fish.html", false), ("/fish*", "/fishheads", true),
            ("/*.php$", "/folder/name.php", true), ("/*.php$", "/name.php?p=1", false), ("/a*b*c", "/axxbyyc/z", true),
            ("/a*b*c$", "/abcbd", false), ("/a*b$", "/ab/b", true), ("/ab*b$", "/ab", false), ("*/x", "/y/x", true),
            ("/a**b", "/a-b", true), ("/a$b", "/a$b", true), ("fish", "/fish", false), ("/fish/", "/fish", false),
        ])
    func patterns(rule: String, path: String, isMatched: Bool) {
        #expect(file("User-agent: *\nDisallow: \(rule)\n").allows(path) == !isMatched)
    }

    @Test(
        "Percent-encoding makes no difference where it need not be",
        arguments: [
            ("/foo/bar?baz=%61", "/foo/bar?baz=a"), ("/b\u{fc}cher", "/b%C3%BCcher"), ("/b%c3%bcher", "/b%C3%BCher"),
            ("/%7Ejoe", "/~joe"), ("/a%2Ab", "/a*b"), ("/a%24", "/a$"), ("/a%2fb", "/a%2Fb"),
        ])
    func encoding(rule: String, path: String) {
        #expect(!file("User-agent: *\nDisallow: \(rule)\n").allows(path))
    }

    @Test("An encoded slash is not a slash")
    func encodedSlash() {
        #expect(file("User-agent: *\nDisallow: /a%2Fb\n").allows("/a/b"))
    }

    @Test("A byte order mark, comments, other line ends and lines of nothing do no harm")
    func tolerance() {
        let robots = file(
            "\u{feff}User-agent: * # all\r\rDisallow : /a # not this\rnonsense\r\nSitemap: https://x/\r\nDisallow: /b\r"
        )
        #expect(!robots.allows("/a"))
        #expect(!robots.allows("/b"))
        #expect(robots.allows("/c"))
    }

    @Test("Rules before any group are nobody's")
    func strayRules() {
        #expect(file("Disallow: /\nUser-agent: otherbot\nDisallow: /\n").allows("/a"))
    }

    @Test("robots.txt itself may always be asked for")
    func itself() {
        #expect(file("User-agent: *\nDisallow: /\n").allows("/robots.txt"))
    }

    @Test("An empty file, or one that is no robots.txt, allows everything")
    func nothing() {
        #expect(file("").allows("/a"))
        #expect(file("<!doctype html><title>Not found</title>").allows("/a"))
        #expect(RobotsFile([0, 255, 254, 10, 58, 10, 58, 58], agent: "newswire").allows("/a"))
    }

    @Test("What stands behind the first 500 KiB says nothing")
    func size() {
        let filler = String(repeating: "# filler\n", count: RobotsFile.longest / 9 + 1)
        #expect(file("\(filler)User-agent: *\nDisallow: /\n").allows("/a"))
        #expect(!file("User-agent: *\nDisallow: /\n\(filler)").allows("/a"))
    }

    @Test("The rule in which the first 500 KiB end is no rule, as half of its path would be another one")
    func unfinishedRule() {
        let head = "User-agent: *\nDisallow: /b\n"
        let last = "Allow: /\nDisallow: /a"
        let filler = String(repeating: "#", count: RobotsFile.longest - head.utf8.count - last.utf8.count - 1)
        let text = "\(head)\(filler)\n\(last)"
        #expect(text.utf8.count == RobotsFile.longest)
        #expect(!file(text).allows("/a/story"))
        let cut = file("\(text)-long-path\n")
        #expect(cut.allows("/a/story") && cut.allows("/a-long-path"))
        #expect(!cut.allows("/b"))
    }

    @Test("A file in UTF-16 is read as one in UTF-8 is, with a byte order mark or without", arguments: [true, false])
    func wide(hasMark: Bool) {
        let units = Array("\(hasMark ? "\u{feff}" : "")User-agent: *\r\nDisallow: /caf\u{e9}\r\n".utf16)
        let big = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        let little = units.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        for bytes in [big, little] {
            let robots = RobotsFile(bytes, agent: "newswire")
            #expect(!robots.allows("/caf%C3%A9/menu"))
            #expect(robots.allows("/story"))
        }
        #expect(!RobotsFile(little + [UInt8(ascii: "x")], agent: "newswire").allows("/caf%C3%A9"))
    }

    @Test("Of a file in another encoding the rules count that can be read")
    func otherEncoding() {
        let robots = RobotsFile(Array("User-agent: *\nDisallow: /a\n# ".utf8) + [0xe9, 0xff, 10], agent: "newswire")
        #expect(!robots.allows("/a") && robots.allows("/b"))
    }

    @Test("Rules of many stars take no longer for it", .timeLimit(.minutes(1)))
    func hostileStars() {
        let stars = String(repeating: "*a", count: 5000)
        let robots = file("User-agent: *\nDisallow: /\(stars)b\nDisallow: /*\(String(repeating: "a", count: 2000))b\n")
        #expect(robots.allows("/" + String(repeating: "a", count: 12_000)))
    }
}
