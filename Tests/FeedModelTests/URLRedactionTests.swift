import FeedModel
import Testing

/// security.md §12.
@Suite struct URLRedactionTests {
    @Test(
        "userinfo and the values of secret parameters are hidden",
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
        "all else stays as it is",
        arguments: [
            "", "https://h/x@y", "https://h/?a=1&b", "https://h/?monkey=1", "https://h/?token", "https://h/?q=a@b",
            "mailto:a@b", "https://h/?&&=&#", "not a url", "https://h/?a=1#b=2", "http://", "/", "?",
            "https://h/?tokens=1",
        ])
    func kept(url: String) {
        #expect(URLRedaction.redacted(url) == url)
    }
}
