import Digest
import FeedModel
import JSONText
import Testing

@testable import Identity

@Suite("ContentHash tells an edited article from an unchanged one (identity.md §8)")
struct ContentHashTests {
    private func hash(_ change: (inout Article) -> Void = { _ in }) -> String {
        var article = Article()
        article.title = "Contract signed"
        article.url = "https://example.org/a"
        article.contentHTML = #"<p>Text <a href="https://example.org/b?id=1">more</a></p>"#
        article.published = Timestamp(seconds: 1_558_344_600)
        article.tags = ["Defence"]
        change(&article)
        var hash = ContentHash()
        return hash.hash(of: article).hex
    }

    @Test("ContentHash never changes its value for an article, because records hold it")
    func stable() {
        #expect(hash() == "e8f120ee9a873f0f34ea9ee37c126db2")
    }

    @Test("An edit of any field that counts changes the content hash")
    func edits() {
        #expect(hash() != hash { $0.title = "Contract not signed" })
        #expect(hash() != hash { $0.url = "https://example.org/c" })
        #expect(hash() != hash { $0.contentHTML = "<p>Text</p>" })
        #expect(hash() != hash { $0.summary = "Short" })
        #expect(hash() != hash { $0.tags = ["Defense"] })
        #expect(hash() != hash { $0.authors = [Author(name: "A")] })
        #expect(hash() != hash { $0.attachments = [Attachment(url: "https://example.org/a.mp3")] })
        #expect(hash() != hash { $0.published = Timestamp(seconds: 1) })
    }

    @Test("White space, tracking parameters and the date of change do not change the content hash")
    func noise() {
        #expect(hash() == hash { $0.title = "  Contract \n signed\u{a0}" })
        #expect(hash() == hash { $0.url = "http://example.org/a?utm_source=rss" })
        #expect(hash() == hash { $0.modified = Timestamp(seconds: 5) })
        #expect(
            hash()
                == hash {
                    $0.contentHTML =
                        #"<p>Text <a href="https://example.org/b?id=1&amp;utm_source=rss&utm_medium=x">more</a></p>"#
                })
        #expect(
            hash { $0.contentHTML = #"<a href="/b">x</a>"# }
                == hash { $0.contentHTML = #"<a href="/b?fbclid=1">x</a>"# })
    }

    @Test("identity.md §8: ContentHash finds tracking parameters wherever they stand in the text")
    func parametersAnywhere() {
        for length in 0..<24 {
            let before = String(repeating: "x", count: length)
            let after = String(repeating: "y", count: 23 - length)
            func text(_ link: String) -> String { hash { $0.contentHTML = "\(before)\"\(link)\" \(after)" } }
            #expect(text("/b?fbclid=1&amp;id=2&utm_source=q") == text("/b&amp;id=2"))
            #expect(text("/b?fbclid=1&fbclid=2&amp;fbclid=3") == text("/b"))
            #expect(text("/b?id=1&amp;x&y?z") != text("/b?id=1&amp;x&y?"))
        }
    }

    @Test(
        "A podcast's transcripts and chapters change the content hash, and nothing else that its vocabularies say does")
    func podcast() {
        func entry(_ url: String) -> JSONValue { .object([.init(key: "url", value: .string(url))]) }
        func transcript(_ url: String) -> String {
            hash { _ = $0.podcast.append(entry(url), to: "transcript", limit: 9) }
        }
        #expect(hash() != transcript("https://example.org/1.vtt"))
        #expect(transcript("https://example.org/1.vtt") != transcript("https://example.org/2.vtt"))
        #expect(transcript("https://example.org/1.vtt") == transcript("http://example.org/1.vtt?utm_source=x"))
        #expect(hash() != hash { $0.podcast.set("chapters", to: entry("https://example.org/c.json")) })
        #expect(hash() == hash { _ = $0.podcast.append(entry("https://example.org/a"), to: "person", limit: 9) })
        #expect(hash() == hash { $0.podcast.set("season", to: .object([.init(key: "number", value: .number("5"))])) })
        var (old, new) = (Article(), Article())
        _ = new.podcast.append(entry("https://example.org/1.vtt"), to: "transcript", limit: 9)
        #expect(ChangedFields.names(from: old, to: new) == ["podcast"])
        old = new
        new.podcast.set("explicit", to: .bool(true))
        #expect(ChangedFields.names(from: old, to: new).isEmpty)
    }

    @Test("Text that moves from one field to the next changes the content hash")
    func fields() {
        #expect(
            hash {
                $0.title = "a"
                $0.summary = nil
                $0.contentHTML = "b"
            }
                != hash {
                    $0.title = nil
                    $0.summary = "a"
                    $0.contentHTML = "b"
                })
    }
}
