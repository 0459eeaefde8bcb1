/// Fills a new table with slots that come in the order of their homes, or nearly: the file is written from front to back.
struct IndexFileWriter: ~Copyable {
    private var table: IndexFile
    private var window: SlotWindow
    /// Slots for which there is no place before the end of the file, or that come too late for theirs: few.
    private var late: [IndexSlot] = []

    init(_ table: IndexFile) {
        self.table = table
        window = SlotWindow(capacity: table.header.capacity)
    }

    /// No two slots may have the same key.
    mutating func put(_ slot: IndexSlot) throws(IndexFile.Failure) {
        let home = table.header.home(of: slot.key)
        while true {
            switch window.put(slot, home: home) {
            case .done: return
            case .behind: return putLate(slot)
            case .ahead: try flush(upTo: min(home, window.start + UInt64(SlotWindow.size / 2)))
            }
        }
    }

    mutating func putLate(_ slot: IndexSlot) { late.append(slot) }

    /// The table with all of them.
    mutating func finish() throws(IndexFile.Failure) -> IndexFile {
        try flush(upTo: table.header.capacity)
        table.header.count = window.count
        for slot in late { try table.put(IndexChange(key: slot.key, content: slot.content, isAlias: true)) }
        return table
    }

    private mutating func flush(upTo place: UInt64) throws(IndexFile.Failure) {
        var failure: StoreError?
        while failure == nil, window.start < place {
            window.advance(to: place) { bytes, start in
                do throws(StoreError) {
                    try table.file.write(bytes, at: table.offset(start), table.files)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw .system(failure) }
    }
}
