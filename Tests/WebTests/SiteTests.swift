import Testing
import Web

@Suite struct SiteTests {
    @Test(arguments: [
        ("www.bbc.co.uk", "bbc.co.uk"), ("bbc.co.uk", "bbc.co.uk"), ("feeds.a.example.com", "example.com"),
        ("example.com", "example.com"), ("co.uk", "co.uk"), ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"), ("2001:db8::1", "2001:db8::1"), ("www.u-tokyo.ac.jp", "u-tokyo.ac.jp"),
        ("xn--mnchen-3ya.example.org", "example.org"),
    ])
    func `a site is the last two labels of a name, or three below a country's second level`(host: String, site: String)
    {
        #expect(Site.of(host) == site)
    }

    @Test(arguments: [("www.taz.de", "taz.de"), ("www.nrk.no", "nrk.no"), ("www.bt.dk", "bt.dk")])
    func `a short name in a country is a site with its www`(host: String, site: String) {
        #expect(Site.of(host) == site)
    }

    @Test func `a country and its second level have several sites below them, a site has not`() {
        #expect(Site.areSeveral(below: "co.uk"))
        #expect(Site.areSeveral(below: "uk"))
        #expect(Site.areSeveral(below: "com"))
        #expect(!Site.areSeveral(below: "bbc.co.uk"))
        #expect(!Site.areSeveral(below: "www.example.com"))
        #expect(!Site.areSeveral(below: "127.0.0.1"))
    }
}
