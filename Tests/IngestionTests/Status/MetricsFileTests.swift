import Glibc
import TestSupport
import Testing

@testable import Ingestion

@Suite("The file of metrics is written whole ([status] textfile)")
struct MetricsFileTests {
    private let folder = TemporaryDirectory()

    @Test("The file of metrics is replaced as a whole and readable by the collector")
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

    @Test("A file of metrics that cannot be written tells the reason, and nothing is left behind")
    func failure() {
        let file = MetricsFile(path: folder.file("missing/newswire.prom"))
        #expect(file.write("one\n")?.contains("No such file") == true)
        #expect(mkdir(folder.file("taken"), 0o755) == 0)
        let taken = MetricsFile(path: folder.file("taken"))
        #expect(taken.write("one\n")?.contains("replacing") == true)
        #expect(folder.text("taken.\(getpid())") == nil)
    }

    @Test("A link under the name of the new file of metrics is not followed, and a folder there is passed over")
    func temporaryIsTaken() {
        folder.write("mine\n", to: "victim")
        let file = MetricsFile(path: folder.file("newswire.prom"))
        #expect(symlink(folder.file("victim"), "\(file.path).\(getpid())") == 0)
        #expect(file.write("one\n") == nil)
        #expect(folder.text("victim") == "mine\n")
        #expect(folder.text("newswire.prom") == "one\n")
        #expect(mkdir("\(file.path).\(getpid())", 0o755) == 0)
        #expect(file.write("two\n") == nil)
        #expect(folder.text("newswire.prom") == "two\n")
    }

    @Test("A link in the place of the file of metrics is replaced")
    func targetIsLink() {
        folder.write("mine\n", to: "victim")
        #expect(symlink(folder.file("victim"), folder.file("newswire.prom")) == 0)
        #expect(MetricsFile(path: folder.file("newswire.prom")).write("one\n") == nil)
        #expect(folder.text("victim") == "mine\n")
        #expect(folder.text("newswire.prom") == "one\n")
    }
}
