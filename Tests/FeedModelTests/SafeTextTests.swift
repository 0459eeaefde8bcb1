import FeedModel
import JSONText
import Testing

@Suite("security.md §8: SafeText makes text from outside fit to be shown")
struct SafeTextTests {
    @Test("SafeText lets nothing break a line or steer a terminal; columns keep their tabs, texts their lines")
    func forms() {
        let text = "a\tb\nc\rd\u{1b}[e\u{9b}f\u{202e}g\u{2029}h\u{85}i\u{200f}j"
        #expect(
            SafeText.line(text) == "a b c d\\u{1b}[e\\u{9b}f\\u{202e}g\\u{2029}h\\u{85}i\\u{200f}j")
        #expect(SafeText.columns(text).hasPrefix("a\tb c d\\u{1b}"))
        #expect(SafeText.lines(text).hasPrefix("a\tb\nc\\u{d}d\\u{1b}"))
        #expect(SafeText.line("Grüße, 你好, שלום 👩‍👩‍👧") == "Grüße, 你好, שלום 👩‍👩‍👧")
    }

    @Test(
        "SafeText takes time that grows with the text alone, also where each character is escaped",
        .timeLimit(.minutes(1)))
    func linear() {
        let marks = 400_000
        let text = SafeText.lines(String(repeating: "\u{202e}", count: marks))
        #expect(text.utf8.count == marks * 8 && text.hasSuffix("\\u{202e}"))
    }

    @Test("JSON escapes the characters that SafeText calls unsafe, but for three marks of direction")
    func json() {
        for scalar in (0..<0x2100).compactMap(Unicode.Scalar.init(_:)) where scalar != "\"" && scalar != "\\" {
            var json = JSONWriter()
            json.string(String(scalar))
            let isEscaped = String(decoding: json.finish(), as: UTF8.self).unicodeScalars.contains("\\")
            let isMark = [0x200e, 0x200f, 0x61c].contains(scalar.value)
            #expect(isEscaped == (SafeText.isUnsafe(scalar) && !isMark), "U+\(String(scalar.value, radix: 16))")
        }
    }
}
