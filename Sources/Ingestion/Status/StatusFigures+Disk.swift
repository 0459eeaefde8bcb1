internal import ArticleStore
internal import FeedModel
import Glibc

extension StatusFigures {
    /// What the disk can tell without reading articles. What cannot be read is left out: a status says what it can.
    ///
    /// - Parameters:
    ///   - store: the folder.
    ///   - lastSeq: as the writer knows it; nil looks for it.
    package static func onDisk(store: String, lastSeq: UInt64? = nil) -> StatusFigures {
        var figures = StatusFigures()
        figures.store.directory = store
        figures.store.freeBytes = freeBytes(store)
        guard let reader = try? StoreReader(directory: store) else { return figures }
        figures.backlog = reader.retentionMemory?.backlog
        let last = lastSeq ?? (try? reader.lastSeq()) ?? 0
        figures.store.lastSeq = last
        if let sizes = try? reader.segmentSizes() {
            figures.store.segments = sizes.count
            figures.store.bytes = sizes.reduce(0, +)
        }
        if let cursors = try? Cursors(directory: store), let consumers = try? cursors.list() {
            figures.consumers = consumers.map { cursor in
                Consumer(
                    name: cursor.name, seq: cursor.seq, behind: cursor.seq.map { last > $0 ? last - $0 : 0 })
            }
        }
        return figures
    }

    private static func freeBytes(_ path: String) -> UInt64? {
        var figures = statvfs()
        guard statvfs(path, &figures) == 0 else { return nil }
        return UInt64(figures.f_bavail) * UInt64(figures.f_frsize)
    }
}
