import Testing

@testable import Identity

@Suite("Text without the differences that do not count")
struct NormalizedTextTests {
    private func collapsed(_ text: String) -> String {
        var bytes = Array("|".utf8)
        NormalizedText.appendCollapsed(text, to: &bytes)
        return String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    @Test(
        "White space runs are one space, and none stands at the ends",
        arguments: [
            ("", ""), (" ", ""), ("\t\n ", ""), ("a", "a"), (" a", "a"), ("a ", "a"), ("a b", "a b"), ("a  b", "a b"),
            ("a \n b", "a b"), ("a\tb", "a b"), ("a b  c d ", "a b c d"), ("  a b c", "a b c"),
            ("a\u{a0}b", "a b"), ("a \u{a0} b\u{a0}", "a b"), ("\u{a0}a", "a"), ("é à ©  x", "é à © x"),
            ("a\u{1}b \u{1}", "a\u{1}b \u{1}"), ("a \u{a0}", "a"), ("a\u{b}\u{c}b", "a b"),
        ])
    func collapses(text: String, expected: String) {
        #expect(collapsed(text) == expected)
    }

    @Test("What is cut into words and put together again is the same, whatever stands between the words")
    func anySpaces() {
        let spaces = [" ", "  ", "\n", "\u{a0}", " \t", "\r\n "]
        let words = ["a", "bc", "Übung", "©", "x\u{1}y"]
        for first in spaces {
            for second in spaces {
                let text =
                    first + words[0] + second + words[1] + first + words[2] + second + words[3] + first + words[4]
                #expect(collapsed(text + second) == words.joined(separator: " "))
            }
        }
    }
}
