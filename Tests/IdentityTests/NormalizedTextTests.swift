import Testing

@testable import Identity

@Suite("NormalizedText takes out the differences that do not count")
struct NormalizedTextTests {
    private func collapsed(_ text: String) -> String {
        var bytes = Array("|".utf8)
        NormalizedText.appendCollapsed(text, to: &bytes)
        return String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    @Test(
        "NormalizedText makes runs of white space one space, and leaves none at the ends",
        arguments: [
            ("", ""), (" ", ""), ("\t\n ", ""), ("a", "a"), (" a", "a"), ("a ", "a"), ("a b", "a b"), ("a  b", "a b"),
            ("a \n b", "a b"), ("a\tb", "a b"), ("a b  c d ", "a b c d"), ("  a b c", "a b c"),
            ("a\u{a0}b", "a b"), ("a \u{a0} b\u{a0}", "a b"), ("\u{a0}a", "a"), ("é à ©  x", "é à © x"),
            ("a\u{1}b \u{1}", "a\u{1}b \u{1}"), ("a \u{a0}", "a"), ("a\u{b}\u{c}b", "a b"),
        ])
    func collapses(text: String, expected: String) {
        #expect(collapsed(text) == expected)
    }

    @Test("NormalizedText puts titles in lower case, each character as the standard library has it")
    func everyCharacter() {
        for first in stride(from: UInt32(0), to: 0x1_1000, by: 64) {
            var text = "A"
            for value in first..<first + 64 {
                guard let scalar = Unicode.Scalar(value), value > 0x20, value != 0xa0 else { continue }
                text.unicodeScalars.append(scalar)
            }
            text += "Z"
            #expect(NormalizedText.title(text).utf8.elementsEqual(text.lowercased().utf8), "from \(first)")
        }
        #expect(NormalizedText.title("  ΟΔΟΣ  İstanbul\n") == "ΟΔΟΣ İstanbul".lowercased())
    }

    @Test("NormalizedText gives one form to one list of words, whatever white space stands between them")
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

    @Test("NormalizedText reads eight bytes at a time as it would one by one, wherever a piece begins")
    func anyText() {
        let pieces = [" ", "  ", "\n", "\u{a0}", "a", "!", "bcdef", "ghijklmno", "é", "©", "\u{1}", "\u{7f}", "漢字"]
        var state: UInt64 = 1
        for _ in 0..<5000 {
            var text = ""
            for _ in 0..<20 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int(state >> 33) % pieces.count]
            }
            let words = text.unicodeScalars.split { " \n\u{a0}".unicodeScalars.contains($0) }
            #expect(collapsed(text) == words.map { String($0) }.joined(separator: " "))
        }
    }
}
