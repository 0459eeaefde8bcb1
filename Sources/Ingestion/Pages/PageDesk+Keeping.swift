internal import ArticleStore
internal import FeedModel
internal import Logging

/// What waits, as it is kept in `state/pages`. All of it waits for the disk.
extension PageDesk {
    /// Takes up what is kept. Where nothing is, it begins here; and where that is damaged, it is put aside and said, and what
    /// of it is whole goes on. It waits for the disk.
    func takeUp() -> PageLine {
        var damage: [String] = []
        var kept: WaitingPagesFile?
        do throws(StoreError) {
            kept = try StoreReader(directory: store.path).keptPages().map { WaitingPagesFile($0) }
            damage = kept?.damage ?? []
        } catch {
            damage = ["\(error)"]
        }
        let line = PageLine(kept: kept?.line, lastSeq: store.lastSeq)
        if kept != nil, damage.isEmpty { return line }
        if !damage.isEmpty { setAside(damage, going: line) }
        save(line)
        return line
    }

    private func setAside(_ damage: [String], going line: PageLine) {
        let place: String
        do throws(StoreError) {
            place = "it was put aside as \(try store.setPagesAside(at: clock.now()))"
        } catch {
            place = "it could not be put aside (\(error))"
        }
        logger.error(
            """
            what was kept of pages that wait, state/pages, is damaged: \(damage.joined(separator: ", ")); \(place). The \
            pages that waited in its lost part are not fetched, and the articles are all there; look at the disk, and \
            remove the file once nobody wants to look at it
            """, metadata: ["pages_left": "\(line.count)"])
    }

    func save(_ line: PageLine) {
        do throws(StoreError) {
            try store.keepPages(line.lines)
        } catch {
            logger.warning("\(error)")
        }
    }
}
