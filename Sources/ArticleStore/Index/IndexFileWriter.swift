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
    mutating func put(_ slot: IndexSlot) throws(StoreError) {
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
    mutating func finish() throws(StoreError) -> IndexFile {
        try flush(upTo: table.header.capacity)
        table.header.count = window.count
        for slot in late { try table.put(IndexChange(key: slot.key, content: slot.content, isAlias: true)) }
        return table
    }

    private mutating func flush(upTo place: UInt64) throws(StoreError) {
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
        if let failure { throw failure }
    }
}

/// The part of a growing index that is being filled, in memory; it moves on through the file and never back.
struct SlotWindow: ~Copyable {
    enum Place {
        case done
        /// The slot belongs before the window, or where the end of the file is in its way.
        case behind
        /// The window has to move on first.
        case ahead
    }

    /// In slots: a mebibyte.
    static let size = 16_384

    private(set) var start: UInt64 = 0
    /// How many slots were put into it.
    private(set) var count: UInt64 = 0
    private let capacity: UInt64
    private let bytes: UnsafeMutableRawBufferPointer

    init(capacity: UInt64) {
        self.capacity = capacity
        bytes = .allocate(byteCount: Self.size * IndexSlot.size, alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        bytes.deallocate()
    }

    mutating func put(_ slot: IndexSlot, home: UInt64) -> Place {
        if home < start { return .behind }
        let end = min(start + UInt64(Self.size), capacity)
        var place = home
        while place < end {
            let range = (Int(place - start) * IndexSlot.size)..<((Int(place - start) + 1) * IndexSlot.size)
            let bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[range])
            // The byte that says what a slot holds.
            if bytes[57] == 0 {
                slot.write(to: bytes)
                count += 1
                return .done
            }
            place += 1
        }
        // At its own place the window cannot help any more.
        return end == capacity || home == start ? .behind : .ahead
    }

    /// Moves the window's start to `place`, or as far as there are slots, and hands out what it leaves.
    mutating func advance(to place: UInt64, _ write: (_ bytes: UnsafeRawBufferPointer, _ start: UInt64) -> Void) {
        let place = min(place, start + UInt64(Self.size), capacity)
        let leaving = Int(place - start) * IndexSlot.size
        if leaving == 0 { return }
        write(UnsafeRawBufferPointer(rebasing: bytes[..<leaving]), start)
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[leaving...]))
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[(bytes.count - leaving)...])
        rest.initializeMemory(as: UInt8.self, repeating: 0)
        start = place
    }
}

extension IndexFile {
    /// A larger copy at `path`. As places follow the hash, both files are gone through from front to back.
    func grown(to capacity: UInt64, at path: String, in directory: StoreDirectory) throws(StoreError) -> IndexFile {
        let larger = try IndexFile(creating: path, in: directory, capacity: capacity, salt: header.salt, files)
        var writer = IndexFileWriter(larger)
        try forEach { place, slot throws(StoreError) in
            // Moved on past the end of the file.
            if header.home(of: slot.key) > place { return writer.putLate(slot) }
            try writer.put(slot)
        }
        var filled = try writer.finish()
        filled.header.complete = header.complete
        return filled
    }
}
