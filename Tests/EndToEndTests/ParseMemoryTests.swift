import TestSupport
import Testing

/// What `newswire parse` needs beside the document, which it reads piece by piece and prints item by item.
@Suite struct ParseMemoryTests {
    private static let paragraph = "<p>Some words of an article, <a href='/a'>with a link</a> in them.</p>"

    private static func rss(items: Int, paragraphs: Int) -> String {
        let body = String(repeating: paragraph, count: paragraphs)
        let list = (0..<items).map {
            "<item><title>Item \($0)</title><description><![CDATA[\(body)]]></description></item>"
        }
        return "<rss version=\"2.0\"><channel><title>Feed</title>\(list.joined())</channel></rss>"
    }

    private static func json(items: Int, paragraphs: Int) -> String {
        let body = String(repeating: paragraph, count: paragraphs)
        let list = (0..<items).map { "{\"id\":\"\($0)\",\"content_html\":\"\(body)\"}" }
        return "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"Feed\","
            + "\"items\":[\(list.joined(separator: ","))]}"
    }

    /// The most memory, in KiB, that parsing a document took. The small process in between is there because the peak that
    /// the kernel tells of begins with that of the process which started it.
    private func peak(_ document: String) async throws -> Int {
        let desk = Desk()
        desk.folder.write(document, to: "document")
        let script = """
            import os, sys
            null = os.open(os.devnull, os.O_WRONLY)
            child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ,
                                   file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
            _, status, usage = os.wait4(child, 0)
            print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
            """
        let ending = await ChildProcess(
            "/usr/bin/env", ["python3", "-c", script, Desk.binary, "parse", desk.folder.file("document")],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        ).wait()
        let output: String = ending.output
        let numbers = output.split { !$0.isNumber }.compactMap { Int($0) }
        try #require(numbers.count == 2 && numbers[0] == 0, "\(output) \(ending.errors)")
        return numbers[1]
    }

    @Test(
        "A document needs no more than three times its size",
        .disabled(if: Sanitizer.isOn, "a sanitizer's own memory counts too"), arguments: ["items", "bodies", "json"])
    func memoryIsBoundedByTheDocument(kind: String) async throws {
        let document =
            switch kind {
            case "items": Self.rss(items: 1900, paragraphs: 60)
            case "bodies": Self.rss(items: 8, paragraphs: 14_000)
            default: Self.json(items: 1900, paragraphs: 60)
            }
        let needed = try await peak(document) - peak(Self.rss(items: 1, paragraphs: 1))
        #expect(needed * 1024 <= 3 * document.utf8.count, "\(needed) KiB for \(document.utf8.count) bytes")
    }
}
