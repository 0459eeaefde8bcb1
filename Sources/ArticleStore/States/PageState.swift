package import FeedModel
private import Glibc

/// What waits for the pages of articles, which whoever fetches them keeps in `state/pages` in lines of its own. Losing it
/// costs no article: the pages of those that waited are not fetched.
extension ArticleStore {
    /// Puts lines in the place of what is kept; it is durable when this returns.
    package func keepPages(_ lines: [UInt8]) throws(StoreError) {
        try directory.makeFolder(directory.states, options.files)
        try directory.replace(
            directory.pagesFile, with: lines, in: directory.states, temporary: "\(directory.pagesFile).new",
            options.files)
    }

    /// Removes what is kept.
    package func forgetPages() { _ = options.files.remove(directory.pagesFile) }

    /// Gives what is kept another name beside it, so that a person can look at it; no file is written over.
    ///
    /// - Returns: the path that it has from then on.
    package func setPagesAside(at now: Timestamp) throws(StoreError) -> String {
        let name = directory.pagesFile + StoreDirectory.asideMark + "\(now.seconds)"
        var path = name
        var status = stat()
        var number = 2
        while lstat(path, &status) == 0 {
            path = "\(name)-\(number)"
            number += 1
        }
        try directory.rename(directory.pagesFile, to: path, options.files)
        try directory.syncFolder(directory.states, options.files)
        return path
    }
}

extension StoreDirectory {
    /// What stands between the name of a file that was put aside, and when that was.
    fileprivate static let asideMark = ".damaged-"
}

extension StoreReader {
    /// More bytes are not read; what waits is bounded far below.
    private static let pagesLimit = 64 << 20
    /// So many files that were put aside are told of.
    private static let mostAside = 100

    /// Reads what is kept; nil where nothing is. Throws where something is that cannot be read.
    package func keptPages() throws(StoreError) -> [UInt8]? {
        guard let file = try OpenFile.reading(directory.pagesFile) else { return nil }
        let size = try file.size()
        guard size <= UInt64(Self.pagesLimit) else {
            throw StoreError(
                .damaged, "reading", directory.pagesFile, "it is larger than \(Self.pagesLimit >> 20) MiB",
                advice: "newswire does not write so much: look who did, and remove it")
        }
        return try file.read(Int(size), at: 0)
    }

    /// Returns the paths of what was damaged and put aside, the oldest first.
    package func pagesAside() -> [String] {
        let start = directory.pagesFile.utf8.lastIndex(of: UInt8(ascii: "/")) ?? directory.pagesFile.startIndex
        let prefix = directory.pagesFile[start...].dropFirst() + StoreDirectory.asideMark
        let names = (try? fileNames(in: directory.states)) ?? []
        return names.filter { $0.hasPrefix(prefix) }.sorted().prefix(Self.mostAside)
            .map { "\(directory.states)/\($0)" }
    }
}
