import FeedModel
import Testing
import Web

/// security.md §12.
@Suite struct URLRedactionTests {
    @Test(
        "URLRedaction hides userinfo and the values of secret parameters",
        arguments: [
            ("https://user:pw@h/x", "https://***@h/x"), ("https://user@h", "https://***@h"),
            ("https://a@b:c@h/x", "https://***@h/x"), ("https://h/x?token=1", "https://h/x?token=***"),
            ("https://h/x?a=1&Key=2&b=3#f", "https://h/x?a=1&Key=***&b=3#f"),
            ("https://h/?auth=1;sig=2", "https://h/?auth=***;sig=***"),
            ("https://h/?password=a=b", "https://h/?password=***"),
            ("https://h/?X-Amz-Signature=1", "https://h/?X-Amz-Signature=***"),
            ("https://h/?access_token=1&api-key=2", "https://h/?access_token=***&api-key=***"),
            ("https://h/?%74oken=1", "https://h/?%74oken=***"),
            ("https://h/#access_token=1", "https://h/#access_token=***"),
            ("https://h/?a?token=1", "https://h/?a?token=***"), ("https://h/?token=\u{301}x", "https://h/?token=***"),
            ("https://u\u{301}:p@\u{301}h/?\u{301}", "https://***@\u{301}h/?\u{301}"), ("//u:p@h/x", "//***@h/x"),
            ("https://h/?user[password]=1", "https://h/?user[password]=***"),
            ("https://h/?token=", "https://h/?token=***"),
        ])
    func hidden(url: String, expected: String) {
        #expect(URLRedaction.redacted(url) == expected)
    }

    @Test(
        "security.md §12: URLRedaction hides what libcurl takes for a user and a password, however it is written",
        arguments: [
            "http://me:hunter2@h/", "http:/me:hunter2@h/", "http:///me:hunter2@h//x", "HTTPS:/me:hunter2@h?a",
            "https://me:hunter2@h#b", "http://me:hunter2@[::1]:80/", "http:/me:hunter2@h/a//b@c",
        ])
    func userinfo(url: String) throws {
        #expect(try WebURL(url).password == "hunter2")
        let redacted = URLRedaction.redacted(url)
        #expect(!redacted.contains("me:hunter2") && redacted.contains("***@"))
        #expect(URLRedaction.redacted(redacted) == redacted)
    }

    @Test(
        "URLRedaction leaves everything else of a URL as it is",
        arguments: [
            "", "https://h/x@y", "https://h/?a=1&b", "https://h/?monkey=1", "https://h/?token", "https://h/?q=a@b",
            "mailto:a@b", "https://h/?&&=&#", "not a url", "https://h/?a=1#b=2", "http://", "/", "?",
            "https://h/?tokens=1", "file:///a@b", "tag:/a@b",
        ])
    func kept(url: String) {
        #expect(URLRedaction.redacted(url) == url)
    }

    @Test(
        "URLRedaction knows a secret parameter by the end of its name, in any case and with anything between its words",
        arguments: [
            "passkey", "authkey", "rsskey", "userkey", "feedkey", "secretkey", "apitoken", "access-key-id",
            "AWSAccessKeyId",
            "accessKeyID", "pin", "userpin", "pw", "hash", "user_hash", "code", "inviteCode", "sas", "hmac", "X-Hmac",
            "TORRENT_PASS", "rssToken", "private.token", "clientsecret", "req[sig]", "oauth", "auth2", "key1",
            "PHPSESSID",
            "sid", "userPwd", "passphrase", "id_jwt", "Key-Pair-Id", "ticket", "%70asskey", "pass%6Bey", "passk%65y[]",
        ])
    func endings(name: String) {
        #expect(URLRedaction.redacted("https://h/?a=1&\(name)=S3CRET&b=2") == "https://h/?a=1&\(name)=***&b=2")
    }

    @Test(
        "URLRedaction shows parameters whose names end like a secret and hold none",
        arguments: [
            "monkey", "turkey", "zipcode", "postcode", "country_code", "countryCode", "lang-code", "compass", "bypass",
            "spin", "hashtag", "keyword", "keys", "codec", "author", "passage", "pinned", "tokens", "id", "feed",
            "design",
            "unicode", "valid", "session_date",
        ])
    func harmless(name: String) {
        #expect(URLRedaction.redacted("https://h/?\(name)=1") == "https://h/?\(name)=1")
    }

    @Test(
        "URLRedaction finds secrets in paths, and in a URL that stands encoded in another",
        arguments: [
            ("https://h/feed;jsessionid=A1/x;v=2?a=1", "https://h/feed;jsessionid=***/x;v=2?a=1"),
            ("https://h/rss/passkey=A1/all.xml", "https://h/rss/passkey=***/all.xml"),
            ("https://h/rss;token=A1#key=B2", "https://h/rss;token=***#key=***"),
            (
                "https://b/?u=https%3A%2F%2Ft%2Frss%3Fpasskey%3DA1%26x%3D1&v=1",
                "https://b/?u=https%3A%2F%2Ft%2Frss%3Fpasskey%3D***%26x%3D1&v=1"
            ),
            ("https://b/?u=http%3a%2f%2ft%3ftoken=A1&v=1", "https://b/?u=http%3a%2f%2ft%3ftoken=***&v=1"),
            ("https://b/http%3A%2F%2Ft%3Ftoken%3DA1%2526B2", "https://b/http%3A%2F%2Ft%3Ftoken%3D***"),
            // An encoded separator in a secret belongs to it.
            ("https://h/?token=a%26b%3Dc&d=1", "https://h/?token=***&d=1"),
            ("https://h/?a=%&b=%2", "https://h/?a=%&b=%2"),
            ("file:///srv/key=1/a.xml", "file:///srv/key=1/a.xml"),
        ])
    func places(url: String, expected: String) {
        #expect(URLRedaction.redacted(url) == expected)
        #expect(URLRedaction.redacted(expected) == expected)
    }

    @Test("URLRedaction can still hide only what an earlier newswire hid, for the ids that it made")
    func first() {
        for (url, expected) in [
            ("https://h/;token=1?passkey=2&token=3", "https://h/;token=1?passkey=2&token=***"),
            ("https://u@h/?u=a%26token%3D1", "https://***@h/?u=a%26token%3D1"),
            ("https://h/?Api-Key=1", "https://h/?Api-Key=***"),
        ] {
            #expect(URLRedaction.redacted(url, .first) == expected)
        }
    }

    @Test("The mark of a redacted URL tells two secrets apart, and a URL without any has none")
    func marks() {
        #expect(URLRedaction.mark(of: "https://h/?a=1") == nil)
        let marks = (0..<20).map { URLRedaction.mark(of: "https://h/?code=\($0)") }
        #expect(Set(marks).count > 18 && marks.allSatisfy { $0 != nil })
        #expect(URLRedaction.mark(of: "https://h/?code=1") == URLRedaction.mark(of: "https://h/?code=1"))
    }
}
