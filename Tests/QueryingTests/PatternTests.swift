import TestSupport
import Testing

@testable import Querying

@Suite("Regular expressions are bounded: filters.md §1.4")
struct PatternTests {
    /// A text of two letters at random, for which automata that remember where the last ones stood grow without end.
    static let explosiveText: String = {
        var random = SeededGenerator(seed: 4)
        return String((0..<Pattern.textBytes).map { _ in Bool.random(using: &random) ? "a" : "b" })
    }()

    private func answer(_ pattern: String, _ text: String) throws -> Pattern.Answer {
        let pattern = try Pattern(pattern)
        return Array(text.utf8).withUnsafeBufferPointer { pattern.search($0) }
    }

    @Test(
        "A pattern is found anywhere, regardless of case and in any script",
        arguments: [
            ("b", "abc"), ("B", "abc"), ("ЖУК", "жук"), ("^a", "abc"), ("c$", "abc"), ("\\bstrike\\b", "a strike!"),
            ("a.c", "aжc"), ("\\/", "a/b"), ("ё", "Ё"), ("(?-i)B", "aB"),
        ])
    func found(pattern: String, text: String) throws {
        #expect(try answer(pattern, text) == .found)
    }

    @Test(
        "A pattern is not found where it does not stand",
        arguments: [
            ("^b", "abc"), ("(?-i)B", "abc"), ("a.c", "a\nc"), ("d", ""), ("\\bstrike\\b", "strikes"),
        ])
    func absent(pattern: String, text: String) throws {
        #expect(try answer(pattern, text) == .absent)
    }

    @Test("Of a text the first 64 KiB are looked at, cut between characters")
    func longText() throws {
        let text = String(repeating: "x", count: Pattern.textBytes - 1)
        #expect(try answer("y", text + "y") == .found)
        #expect(try answer("y", text + "xy") == .absent)
        #expect(try answer("[^x]", text + "жy") == .absent)
        #expect(try answer("x$", text + "жy") == .found)
    }

    @Test("A pattern of more than 512 bytes, or of too many instructions, is refused")
    func limits() throws {
        #expect(throws: Never.self) { try Pattern(String(repeating: "a", count: 512)) }
        func refusal(_ text: String) -> String {
            do {
                _ = try Pattern(text)
                return "none"
            } catch { return error.message }
        }
        #expect(refusal(String(repeating: "a", count: 513)) == "a /regex/ has at most 512 bytes")
        #expect(refusal("(.{1,200}){5}#").hasPrefix("the /regex/ is too large: 9010 instructions"))
        #expect(refusal("((a{100}){100}){100}").hasPrefix("the /regex/ cannot be read: "))
        #expect(refusal("\\pL{30}#").contains("too large"))
    }

    @Test(
        "A refusal names the place of what is wrong",
        arguments: [("ab(c", 0), ("a[z-a]", 2), ("xy**", 2), ("a(?=b)", 1), ("ж\\y", 2)])
    func places(pattern: String, offset: Int) {
        do {
            _ = try Pattern(pattern)
            Issue.record("it was read")
        } catch {
            #expect(error.offset == offset, "\(error.message)")
        }
    }

    @Test("A text that makes an automaton grow without end is given up, and the pattern goes on for others")
    func undecided() throws {
        for text in ["a[ab]{300}c", "[ab]*a[ab]{200}c", "(a|b)*a(a|b){100}c", "(a.{5}){8}#"] {
            let pattern = try Pattern(text)
            func search(_ text: String) -> Pattern.Answer {
                Array(text.utf8).withUnsafeBufferPointer { pattern.search($0) }
            }
            #expect(search(Self.explosiveText) == .undecided, "\(text)")
            #expect(search("nothing") == .absent)
            #expect(search(Self.explosiveText) == .undecided, "\(text)")
        }
    }

    @Test("A short text is always decided, however bad the pattern")
    func shortTexts() throws {
        // An a three hundred letters before its end.
        let title = Self.explosiveText.prefix(1290) + "a" + Self.explosiveText.prefix(300)
        #expect(try answer("a[ab]{300}c", String(title)) == .absent)
        #expect(try answer("a[ab]{300}c", title + "c") == .found)
    }

    @Test("The place of a pattern is that of its first match")
    func place() throws {
        let pattern = try Pattern("b+")
        #expect(Array("aabba".utf8).withUnsafeBufferPointer { pattern.place(in: $0) } == 2..<4)
        #expect(Array("aa".utf8).withUnsafeBufferPointer { pattern.place(in: $0) } == nil)
    }

    @Test("Several threads may search for one pattern")
    func threads() async throws {
        let pattern = try Pattern("(x|y)+z\\d{3}")
        let text = Array((String(repeating: "xy ", count: 2000) + "xz123").utf8)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<50).allSatisfy { _ in text.withUnsafeBufferPointer { pattern.search($0) } == .found }
                }
            }
            for await holds in group { #expect(holds) }
        }
    }

    @Test(
        "The worst patterns that are allowed cost little more than what is allowed without an automaton",
        arguments: ["a[ab]{900}c", "(a|b)*a(a|b){300}c", ".*a.{120}#", "[^c]*a[^c]{40}c", "(((a?){10}){10}){2}c"])
    func cost(text: String) throws {
        let texts = [
            Self.explosiveText, String(repeating: "a", count: 65_536), String(repeating: "aж中 b", count: 8000),
        ]
        let pattern = try Pattern(text)
        let allowed = try Pattern("a[ab]{300}c")
        let short = Array(Self.explosiveText.utf8.prefix(1600))
        for hostile in texts {
            let bytes = Array(hostile.utf8)
            let ratio = ProcessorTime.ratio {
                _ = bytes.withUnsafeBufferPointer { pattern.search($0) }
            } to: {
                _ = short.withUnsafeBufferPointer { allowed.search($0) }
            }
            // Without that limit it is up to a hundred.
            #expect(ratio < 10)
        }
    }
}
