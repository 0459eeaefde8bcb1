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
}

extension StoreReader {
    /// More bytes are not read; what waits is bounded far below.
    private static let pagesLimit = 64 << 20

    /// Reads what is kept; nil where nothing is, or it cannot be read.
    package var pages: [UInt8]? {
        guard let file = try? OpenFile.reading(directory.pagesFile), let size = try? file.size(),
            size <= UInt64(Self.pagesLimit)
        else { return nil }
        return try? file.read(Int(size), at: 0)
    }
}
