import Text

/// `BrowserWall` is a page that wants to see a browser before it shows anything, known by the marks that its maker leaves
/// on it (polling.md §8).
///
/// Only a page is a wall: whatever a feed speaks of, a document that is read as a feed is never looked at here.
package struct BrowserWall: Sendable {
    /// A part of an answer that tells.
    private enum Mark: Sendable {
        /// A header field, which holds a word, in whatever case; any where that is empty.
        case header(StaticString, String)
        /// A cookie that is set, by the beginning of its name.
        case cookie(String)
        /// The title of the page, or a part of it, in whatever case.
        case title(String)
        /// All of the title: a part of it may be what an ordinary page is about.
        case wholeTitle(String)
        /// A text at the beginning of the page, in whatever case.
        case text(String)
        /// The status is none of a page that is shown. What walls leave on every page of a site they guard tells only
        /// then.
        case refusal
    }

    /// Which of the ways in which it shuts readers out.
    private enum Way: Sendable {
        /// A browser has to prove that it is one.
        case challenge
        /// Nobody gets through.
        case block
        /// Too much was asked.
        case limit
    }

    /// The maker or product, as its customers know it.
    let name: String
    private let way: Way
    /// All of them have to be there.
    private let marks: [Mark]

    private init(_ name: String, _ way: Way = .challenge, _ marks: Mark...) {
        self.name = name
        self.way = way
        self.marks = marks
    }

    /// So many bytes of a page are looked at.
    package static let openingBytes = 16 << 10

    /// A line each; the first that fits is it.
    private static let walls: [BrowserWall] = [
        Self("Cloudflare", .challenge, .header("cf-mitigated", "challenge")),
        Self("Cloudflare (1015)", .limit, .refusal, .header("Server", "cloudflare"), .text("error 1015")),
        Self("Cloudflare (1015)", .limit, .text("cloudflare"), .title("rate limited")),
        Self("Cloudflare (1015)", .limit, .refusal, .header("Server", "cloudflare"), .text("error code: 1015")),
        Self("Cloudflare (1020)", .block, .refusal, .header("Server", "cloudflare"), .text("error 1020")),
        Self("Cloudflare (1020)", .block, .refusal, .header("Server", "cloudflare"), .text("error code: 1020")),
        Self("Cloudflare (1010)", .block, .refusal, .header("Server", "cloudflare"), .text("error code: 1010")),
        Self("Cloudflare", .block, .title("used cloudflare to restrict access")),
        Self("Cloudflare", .block, .title("attention required! | cloudflare")),
        Self("Cloudflare", .block, .text("cf-error-details"), .text("sorry, you have been blocked")),
        Self("Cloudflare", .challenge, .text("_cf_chl_opt")),
        Self("Cloudflare", .challenge, .refusal, .title("just a moment")),
        Self("Cloudflare", .challenge, .header("Server", "cloudflare"), .title("just a moment")),
        Self("Cloudflare", .challenge, .text("cf-browser-verification")),
        Self("Cloudflare", .challenge, .text("cf-challenge-running")),
        Self("Anubis", .challenge, .text("anubis_challenge")),
        Self("Anubis", .challenge, .text("/.within.website/x/cmd/anubis/")),
        Self("Anubis", .challenge, .text("/.within.website/"), .title("making sure you")),
        Self("Anubis", .block, .text("/.within.website/"), .title("oh noes")),
        Self("Anubis", .challenge, .refusal, .cookie("techaro.lol-anubis")),
        Self("go-away", .challenge, .text("/.well-known/.git.gammaspectra.live/git/go-away/")),
        Self("go-away", .challenge, .text("go-away"), .title("checking you are not a bot")),
        Self("DDoS-Guard", .challenge, .text("/.well-known/ddos-guard/")),
        Self("DDoS-Guard", .challenge, .wholeTitle("ddos-guard")),
        Self("DDoS-Guard", .challenge, .header("Server", "ddos-guard"), .text("js-challenge")),
        Self("DDoS-Guard", .challenge, .header("Server", "ddos-guard"), .title("checking your browser")),
        Self("AWS WAF", .challenge, .header("x-amzn-waf-action", "challenge")),
        Self("AWS WAF", .challenge, .header("x-amzn-waf-action", "captcha")),
        Self("AWS WAF", .challenge, .refusal, .text(".awswaf.com/")),
        Self("AWS WAF", .challenge, .text("gokuprops")),
        Self("CloudFront", .block, .header("X-Cache", "error from cloudfront"), .text("request blocked")),
        Self("Sucuri", .block, .header("Server", "sucuri"), .text("access denied - sucuri website firewall")),
        Self("Sucuri", .block, .title("sucuri website firewall - access denied")),
        Self("Sucuri", .challenge, .header("Server", "sucuri"), .title("you are being redirected")),
        Self("Sucuri", .challenge, .header("X-Sucuri-ID", ""), .title("you are being redirected")),
        Self("Sucuri", .challenge, .text("sucuri_cloudproxy_js")),
        Self("Imperva Incapsula", .challenge, .refusal, .text("/_incapsula_resource")),
        Self("Imperva Incapsula", .challenge, .text("/_incapsula_resource"), .text("noindex")),
        Self("Imperva Incapsula", .challenge, .text("/_incapsula_resource?cwudnsai")),
        Self("Imperva Incapsula", .challenge, .text("incapsula incident id")),
        Self("Imperva", .challenge, .text("request unsuccessful"), .cookie("visid_incap_")),
        Self("Imperva", .challenge, .title("pardon our interruption")),
        Self("Akamai", .block, .header("Server", "akamaighost"), .title("access denied")),
        Self("Akamai", .block, .text("errors.edgesuite.net"), .title("access denied")),
        Self("Akamai", .block, .text("errors.edgesuite.net"), .text("reference&#32;&#35;")),
        Self("Akamai", .challenge, .text("sec-if-cpt-container")),
        Self("Akamai", .challenge, .text("/_sec/cp_challenge/")),
        Self("Akamai", .challenge, .refusal, .text("akamai-bm-")),
        Self("HUMAN (PerimeterX)", .challenge, .refusal, .text("_pxappid")),
        Self("HUMAN (PerimeterX)", .challenge, .text("px-captcha"), .text("_pxappid")),
        Self("HUMAN (PerimeterX)", .challenge, .text("captcha.px-cdn.net")),
        Self("HUMAN (PerimeterX)", .challenge, .title("access to this page has been denied")),
        Self("DataDome", .challenge, .text("//ct.captcha-delivery.com/")),
        Self("DataDome", .challenge, .text("//geo.captcha-delivery.com/")),
        Self("DataDome", .challenge, .refusal, .header("X-DataDome", "protected")),
        Self("DataDome", .challenge, .header("X-DD-B", "")),
        Self("DataDome", .block, .header("Server", "datadome")),
        Self("Fastly", .challenge, .text("/_fs-ch-")),
        Self("Fastly", .challenge, .refusal, .cookie("_fs_ch_")),
        Self("Fastly", .challenge, .wholeTitle("client challenge")),
        Self("Vercel", .challenge, .header("x-vercel-mitigated", "challenge")),
        Self("Vercel", .block, .header("x-vercel-mitigated", "")),
        Self("Vercel", .challenge, .wholeTitle("vercel security checkpoint")),
        Self("Qrator", .challenge, .refusal, .text("/__qrator/")),
        Self("Qrator", .challenge, .refusal, .header("Server", "qrator"), .text("<html")),
        Self("Kasada", .challenge, .refusal, .text("kpsdk")),
        Self("Kasada", .challenge, .refusal, .header("x-kpsdk-ct", "")),
        Self("SiteGround", .challenge, .header("SG-Captcha", "challenge")),
        Self("SiteGround", .challenge, .text("/.well-known/sgcaptcha/")),
        Self("Imunify360", .challenge, .text("imunify360"), .title("one moment")),
        Self("Wordfence", .block, .text("generated by wordfence")),
        Self("LiteSpeed", .challenge, .text("/.lsrecap/")),
        Self("bunny.net", .challenge, .text("/.bunny-shield/")),
        Self("Azure WAF", .challenge, .wholeTitle("azure waf")),
        Self("Reblaze", .challenge, .refusal, .text("rbzns")),
        Self("BunkerWeb", .challenge, .title("bot detection"), .text("bunkerweb")),
        Self("StormWall", .challenge, .refusal, .text("stormwall")),
        Self("Radware", .challenge, .text("perfdrive.com")),
        Self("Radware", .challenge, .wholeTitle("radware bot manager captcha")),
        Self("F5 (Shape)", .block, .text("the requested url was rejected. please consult with your administrator")),
        Self("Haproxy Protection", .challenge, .text("/.basedflare/")),
        Self("Haproxy Protection", .challenge, .text("/.haproxy-protection/")),
        Self("Friendly Captcha", .challenge, .text("frc-captcha"), .title("security check")),
        Self("reCAPTCHA", .challenge, .text("g-recaptcha"), .title("robot")),
        Self("hCaptcha", .challenge, .text("h-captcha"), .title("robot")),
        Self("a page that checks browsers", .challenge, .title("checking your browser before accessing")),
        Self("a page that checks browsers", .challenge, .title("making sure you're not a bot")),
    ]

    /// Finds the wall that an answer is; nil for an answer that is none, or none that is known.
    ///
    /// - Parameters:
    ///   - opening: the beginning of the decoded body; no more than `openingBytes` of it are looked at.
    package static func recognise(
        status: Int, _ headers: HeaderFields, opening: some Collection<UInt8>
    ) -> BrowserWall? {
        let page = Page(status, headers, opening)
        return walls.first { wall in wall.marks.allSatisfy { page.has($0) } }
    }

    /// A part of a sentence.
    var message: String {
        switch way {
        case .challenge: "\(name): a challenge for browsers answered instead of the feed"
        case .block: "\(name): a page that shuts newswire out answered instead of the feed"
        case .limit: "\(name): a page answered instead of the feed, because too much was asked for"
        }
    }

    var advice: String {
        let ask =
            "ask the publisher to let the feed's URL through for feed readers, and name your User-Agent and the page that "
            + "it points to (contact)"
        return switch way {
        case .challenge, .block: "\(ask); asking more often makes it worse"
        case .limit: "poll this host less often (interval, host delay); else \(ask)"
        }
    }

    /// What of an answer is looked at, each part once.
    private struct Page {
        private let status: Int
        private let headers: HeaderFields
        /// The beginning of the page in lower case; empty where it is no page.
        private let text: String
        private let title: String

        init(_ status: Int, _ headers: HeaderFields, _ opening: some Collection<UInt8>) {
            self.status = status
            self.headers = headers
            let bytes = opening.prefix(BrowserWall.openingBytes)
            guard Self.isPage(bytes) else {
                text = ""
                title = ""
                return
            }
            text = String(decoding: bytes.lazy.map(\.asciiLowercased), as: UTF8.self)
            title = Self.title(of: text)
        }

        /// Whether it is HTML or the plain text of an error; whatever looks like a feed is not.
        private static func isPage(_ bytes: some Collection<UInt8>) -> Bool {
            let start = String(
                decoding: bytes.lazy.drop { $0 <= 0x20 || $0 >= 0x80 }.prefix(256).map(\.asciiLowercased), as: UTF8.self
            )
            for feed in ["<rss", "<feed", "<rdf", "{"] where start.hasPrefix(feed) { return false }
            if start.hasPrefix("<?xml") { return start.contains("<html") || start.contains("doctype html") }
            return !start.isEmpty
        }

        private static func title(of text: String) -> String {
            guard let tag = text.firstRange(of: "<title"), let start = text[tag.upperBound...].firstIndex(of: ">")
            else { return "" }
            let rest = text[text.index(after: start)...].prefix(300)
            let title = rest.firstRange(of: "</title").map { rest[..<$0.lowerBound] } ?? rest
            return String(title).replacing("&#39;", with: "'").replacing("&apos;", with: "'")
                .replacing("\u{2019}", with: "'")
        }

        func has(_ mark: Mark) -> Bool {
            switch mark {
            case .header(let name, let word):
                headers.all(name).contains { word.isEmpty || $0.lowercased().contains(word) }
            case .cookie(let name):
                headers.all("Set-Cookie").contains { $0.lowercased().hasPrefix(name) }
            case .title(let part): title.contains(part)
            case .wholeTitle(let whole): String(title.utf8.trimming { $0 <= 0x20 }) == whole
            case .text(let part): text.contains(part)
            case .refusal: status != 200
            }
        }
    }
}
