import TestSupport
import Testing

@Suite("docs/articles.md and newswire-store(5) name every member of _newswire")
struct ArticleReferenceTests {
    /// What stands in a source between two texts.
    private func part(_ path: String, from start: String, to end: String) throws -> Substring {
        let text = try #require(Checkout.text(path))
        let from = try #require(text.firstRange(of: start), "\(path) has no \(start)")
        let rest = text[from.upperBound...]
        return rest[..<(try #require(rest.firstRange(of: end), "\(path) has no \(end)").lowerBound)]
    }

    /// The members that the sources write: a new one is found here without anybody thinking of it.
    private func members() throws -> Set<String> {
        var members: Set<String> = ["podcast", "links", "raw_dates"]
        let own = try part("Sources/FeedModel/Article+JSON.swift", from: "func writeExtensionMembers", to: "\n    }\n")
        for call in own.matches(of: /(?:member|emails|key|duration|authors|flag)\("([a-z_]+)"/) {
            members.insert(String(call.1))
        }
        // Those are of the objects in `source` and `location`.
        members.subtract(["title", "url", "latitude", "longitude"])
        let record = try part("Sources/FeedModel/StoredRecord.swift", from: "enum RecordMember {", to: "\n}\n")
        for name in record.matches(of: /StaticString \{ "([a-z_]+)" \}/) { members.insert(String(name.1)) }
        let line = try part(
            "Sources/ArticleStore/Records/RecordWriter.swift", from: "    func append(", to: "\n    }\n")
        for name in line.matches(of: /"([a-z_0-9]+)\\?":/) { members.insert(String(name.1)) }
        return members.union(["index"])
    }

    @Test("Each member of _newswire stands in the table of docs/articles.md and on the manual page")
    func complete() throws {
        let members = try members()
        #expect(members.count > 35 && members.isSuperset(of: ["seq", "xxh3", "incomplete", "date_flags", "commit"]))
        let page = try #require(Checkout.text("docs/articles.md"))
        let manual = try #require(Checkout.text("docs/man/newswire-store.5"))
        let terms = Set(
            manual.split(separator: "\n").filter { $0.hasPrefix(".It Ic ") }
                .flatMap { $0.dropFirst(7).split(separator: " ").map(String.init) })
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { $0.split(separator: "|")[0] }
        for member in members.sorted() {
            #expect(rows.contains { $0.contains("`\(member)`") }, "docs/articles.md has no `\(member)`")
            #expect(terms.contains(member), "newswire-store(5) has no \(member)")
        }
    }
}
