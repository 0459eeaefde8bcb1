/// `ArchiveRecovery` closes what a crash has left open: each such file is cut behind its last whole record, and gets the name
/// of a closed one.
struct ArchiveRecovery {
    let folder: ArchiveFolder
    let calls: ArchiveCalls
    let report: @Sendable (ArchiveEvent) -> Void

    func run() throws(ArchiveError) {
        for file in try folder.files() where file.isOpen { try close(file) }
    }

    private func close(_ file: ArchivedFile) throws(ArchiveError) {
        let path = folder.file(file.fileName)
        var reader = ArchiveReader(file.name, try .reading(path))
        var end: UInt64?
        var isEmpty = true
        do throws(ArchiveError) {
            reading: while let item = try reader.next() {
                switch item {
                case .record: isEmpty = false
                // What was durable is never cut off: whole records behind it say that it had been.
                case .damage(let range): report(.damage(file: path, offset: range.lowerBound))
                case .torn(let offset):
                    end = offset
                    break reading
                }
            }
        } catch {
            guard error.code == .damaged else { throw error }
            report(.damage(file: path, offset: reader.offset))
        }
        if let end {
            let opened = try folder.create(file.fileName, calls, exclusively: false)
            report(.tornTailRemoved(file: path, offset: end, bytes: try opened.size() - min(end, try opened.size())))
            try opened.truncate(to: end, calls)
            try opened.syncData(calls)
        }
        if isEmpty, end == 0 {
            // Not even the first record was whole: no place in it was ever named.
            guard calls.remove(path) == 0 else { throw .system("removing", path) }
        } else {
            guard calls.rename(path, folder.file(file.name.text)) == 0 else { throw .system("closing", path) }
        }
        try folder.sync(calls)
    }
}
