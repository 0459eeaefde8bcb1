package import Archiving
package import FeedModel

/// `KeptPages` reads the pages of an archive, oldest first, without a lock: also while the service writes it.
package struct KeptPages: Sendable {
    /// The archive.
    package let folder: ArchiveFolder
    /// Pages that were asked for at this time and later; nil for all.
    package var since: Timestamp?
    /// Pages that were asked for before this time; nil for all.
    package var until: Timestamp?
    /// The feeds by all ids that they have and had; empty for all.
    package var feeds: Set<FeedIdentifier> = []

    package init(in folder: String) {
        self.folder = ArchiveFolder(folder)
    }

    /// Returns the files in which pages may be that are meant, and the bytes that they have.
    package func files() throws(ArchiveError) -> [ArchivedFile] {
        let files = try folder.files()
        guard let since else { return files }
        // What was asked for before the next file was begun, and written before, is in none of those behind.
        return files.enumerated().filter { index, file in
            guard index + 1 < files.count else { return true }
            return files[index + 1].name.begun >= since || file.changed >= since
        }.map(\.element)
    }

    /// Calls `body` with each page.
    ///
    /// - Parameters:
    ///   - damage: told in a line what cannot be read, and is passed over.
    ///   - progress: told how many bytes of the files have been read.
    package func read(
        _ files: [ArchivedFile], damage: (String) -> Void, progress: (UInt64) -> Void, body: (KeptPage) throws -> Void
    ) throws {
        var done: UInt64 = 0
        for file in files {
            // Retention may have been here first; whatever else is wrong with it, the other files can be read.
            var pages: PagesOfFile?
            do throws(ArchiveError) {
                pages = PagesOfFile(try ArchiveReader(file.name, in: folder), isOpen: file.isOpen)
            } catch {
                if error.code != .missing { damage("\(error)") }
            }
            while let page = pages?.next(damage) {
                progress(done + (pages?.offset ?? 0))
                if isMeant(page) { try body(page) }
            }
            done += file.bytes
            progress(done)
        }
    }

    private func isMeant(_ page: KeptPage) -> Bool {
        if let since, page.date < since { return false }
        if let until, page.date >= until { return false }
        return feeds.isEmpty || feeds.contains(page.feed)
    }
}

/// The pages of one file, in their order.
private struct PagesOfFile {
    private var reader: ArchiveReader
    /// What is not whole at its end is still being written.
    private let isOpen: Bool

    init(_ reader: ArchiveReader, isOpen: Bool) {
        self.reader = reader
        self.isOpen = isOpen
    }

    var offset: UInt64 { reader.offset }

    mutating func next(_ damage: (String) -> Void) -> KeptPage? {
        var response: (record: WARCRecord, offset: UInt64)?
        do throws(ArchiveError) {
            while let item = try reader.next() {
                switch item {
                case .record(let record, let offset):
                    if record.kind == .response { response = (record, offset) }
                    guard record.kind == .metadata, let held = response else { continue }
                    response = nil
                    let place = ArchivePlace(file: reader.name, offset: held.offset)
                    if let page = KeptPage(held.record, record, at: place) { return page }
                case .damage(let range):
                    response = nil
                    damage(
                        "\(reader.name.text) is damaged from byte \(range.lowerBound) to \(range.upperBound): the pages there are "
                            + "passed over")
                case .torn(let offset):
                    if !isOpen {
                        damage(
                            "\(reader.name.text) is damaged from byte \(offset) to its end: the pages there are passed over"
                        )
                    }
                }
            }
        } catch {
            damage("\(error)")
        }
        return nil
    }
}

extension KeptPage {
    /// Reads the page at a place; nil where there is none.
    package static func at(_ place: ArchivePlace, in folder: String) throws(ArchiveError) -> KeptPage? {
        let (response, metadata) = try ArchiveReader.records(at: place, in: ArchiveFolder(folder))
        guard let response, let metadata else { return nil }
        return KeptPage(response, metadata, at: place)
    }
}
