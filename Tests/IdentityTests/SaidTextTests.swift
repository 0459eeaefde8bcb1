import FeedModel
import TestSupport
import Testing

@testable import Identity

@Suite("Whether all that a text says stands in another (identity.md §9)")
struct SaidTextTests {
    @Test("A text holds the same words in one piece, whatever the markup, case and punctuation")
    func holds() {
        let text = SaidText(
            "<p>The Ministry said on <b>Monday</b>: no delay.</p><img src='https://e.org/a.png?w=1'> 東京 end")
        for part in ["ministry SAID, on monday", "no delay", "<img src=\"https://e.org/a.png\">", "東京", "京", "", "the"]
        {
            #expect(text.holds(SaidText(part)), "\(part)")
        }
        for part in ["ministry said monday", "delay no", "minis", "elay", "end now", "https://e.org/b.png"] {
            #expect(!text.holds(SaidText(part)), "\(part)")
        }
    }

    @Test("What begins again and again is found where it is whole")
    func overlaps() {
        #expect(SaidText("a b a b a b a c").holds(SaidText("a b a b a c")))
        #expect(!SaidText("a b a b a b a").holds(SaidText("a b a b a c")))
    }

    @Test("A text of more than 64 KiB is said by none but the very same, which costs no comparison of words")
    func long() {
        let long = String(repeating: "word ", count: 20_000)
        #expect(!SaidText(long).holds(SaidText(long)))
        #expect(article(text: long).saysAll(of: article(text: long)))
        #expect(!article(text: long + "more").saysAll(of: article(text: long)))
        #expect(SaidText(long).holds(SaidText("word word")))
    }

    @Test(
        "The worst texts to look for in each other take no longer than others of their length", .timeLimit(.minutes(1)))
    func worst() {
        let text = String(repeating: "a ", count: 32_000)
        #expect(!SaidText(text).holds(SaidText(String(repeating: "a ", count: 30_000) + "b")))
    }
}
