import FeedParsing
import Testing

@Suite("What a reader sees of a body")
struct VisibleTextTests {
    private func visible(_ html: String) -> String {
        var text = Array("x".utf8)
        HTMLText.appendVisible(html, to: &text)
        return String(decoding: text.dropFirst(), as: UTF8.self)
    }

    @Test(
        "Tags, comments, scripts and styles go, references are characters, and blocks stand on lines of their own",
        arguments: [
            ("plain text, a < b", "plain text, a < b"), ("dr<b>on</b>e &amp; &#1046;&eacute;", "drone & Жé"),
            ("<p>a</p><p>b</p>", "\na\n\nb\n"), ("a<br>b", "a\nb"), ("a<!-- b -->c<!-- d", "ac"),
            ("a<script>b</script><style>c</style>d", "ad"), ("<textarea>a</textarea>", "a"),
            ("a<img alt=\"b\" src=\"c\">d", "ad"), ("a<a href=\"b", "a"), ("", ""),
            ("<svg><title/></svg>a", "a"), ("<svg><style/><SCRIPT href=\"x\" /></svg>a", "a"),
            ("<math><xmp/>a</math>", "a"),
            ("<svg/><style/>a</style>b", "b"), ("<svg></svg><title/>a</title>b", "b"),
            ("<svg><style>a</style></svg>b", "b"),
        ])
    func text(html: String, expected: String) {
        #expect(visible(html) == expected)
    }
}
