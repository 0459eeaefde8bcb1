import TestSupport
import Testing

@testable import ArticleStore

@Suite("Reading the names in a folder") struct FileNamesTests {
    let folder = TemporaryDirectory()

    @Test("File names of each length that a file system allows are read whole")
    func lengths() throws {
        // Records of all sizes, up to the last byte of the buffer that they are read into.
        let names = (1...255).flatMap { length in
            [String(repeating: "a", count: length), String(repeating: "b", count: length)]
        }
        for name in names { folder.write("", to: name) }
        #expect(try fileNames(in: folder.path).sorted() == names.sorted())
    }

    @Test("Reading a folder keeps to its limit of names, and a folder that does not exist has none")
    func limit() throws {
        for name in ["a", "b", "c"] { folder.write("", to: name) }
        #expect(try fileNames(in: folder.path, limit: 3).count == 3)
        #expect(throws: StoreError.self) { try fileNames(in: folder.path, limit: 2) }
        #expect(try fileNames(in: folder.file("nowhere")).isEmpty)
    }
}
