import Glibc
import TestSupport
import Testing

@testable import Ingestion

@Suite("[status] textfile")
struct MetricsFileTests {
    private let folder = TemporaryDirectory()

    @Test("It is replaced as a whole and readable by the collector")
    func replaces() {
        let file = MetricsFile(path: folder.file("newswire.prom"))
        #expect(file.write("one\n") == nil)
        #expect(file.write("two\n") == nil)
        #expect(folder.text("newswire.prom") == "two\n")
        var status = stat()
        #expect(stat(file.path, &status) == 0 && status.st_mode & 0o777 == 0o644)
        file.remove()
        #expect(folder.text("newswire.prom") == nil)
    }

    @Test("Where it cannot be written the reason is told, and nothing is left behind")
    func failure() {
        let file = MetricsFile(path: folder.file("missing/newswire.prom"))
        #expect(file.write("one\n")?.contains("No such file") == true)
        #expect(mkdir(folder.file("taken"), 0o755) == 0)
        let taken = MetricsFile(path: folder.file("taken"))
        #expect(taken.write("one\n")?.contains("replacing") == true)
        #expect(folder.text("taken.\(getpid())") == nil)
    }
}
