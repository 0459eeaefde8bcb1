/// `IndexFileWriter` fills a new table with slots that come in the order of their homes, or nearly: it writes the file
/// from front to back.
struct IndexFileWriter: ~Copyable {
    private var table: IndexFile
    private var window: SlotWindow
    /// The few slots that come too late for their place, or that find none before the end of the file.
    private var late: [IndexSlot] = []

    init(_ table: IndexFile) {
        self.table = table
        window = SlotWindow(capacity: table.header.capacity)
    }

    /// Puts a slot into the table, which holds none with its key yet.
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

    /// Returns the table with all slots in it.
    mutating func finish() throws(StoreError) -> IndexFile {
        try flush(upTo: table.header.capacity)
        table.header.count = window.count
        for slot in late { try table.put(IndexChange(key: slot.key, content: slot.content, isAlias: true)) }
        return table
    }

    private mutating func flush(upTo place: UInt64) throws(StoreError) {
        while window.start < place {
            try window.advance(to: place) { bytes, start throws(StoreError) in
                try table.file.write(bytes, at: table.offset(start), table.files)
            }
        }
    }
}

/// `SlotWindow` is the part of a new table that is being filled, in memory. It moves on through the file and never
/// back.
struct SlotWindow: ~Copyable {
    enum Place {
        case done
        /// The slot belongs before the window, or where the end of the file is in its way.
        case behind
        /// The window has to move on first.
        case ahead
    }

    /// How many slots the window has: a mebibyte of them.
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
            // This byte says what a slot holds, and is 0 in an empty one.
            if bytes[57] == 0 {
                slot.write(to: bytes)
                count += 1
                return .done
            }
            place += 1
        }
        // The window may begin no later than at the slot's home: where it begins there already, moving it on is no help.
        return end == capacity || home == start ? .behind : .ahead
    }

    /// Moves the window's start to `place`, or as far as there are slots, and hands out the slots that it leaves
    /// behind. Where `write` throws, the window stays where it is.
    mutating func advance<Failure: Error>(
        to place: UInt64, _ write: (_ bytes: UnsafeRawBufferPointer, _ start: UInt64) throws(Failure) -> Void
    ) throws(Failure) {
        let place = min(place, start + UInt64(Self.size), capacity)
        let leaving = Int(place - start) * IndexSlot.size
        if leaving == 0 { return }
        try write(UnsafeRawBufferPointer(rebasing: bytes[..<leaving]), start)
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[leaving...]))
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[(bytes.count - leaving)...])
        rest.initializeMemory(as: UInt8.self, repeating: 0)
        start = place
    }
}

extension IndexFile {
    /// Makes a larger copy at `path`. As places follow the hash, both files are gone through from front to back.
    func grown(to capacity: UInt64, at path: String, in directory: StoreDirectory) throws(StoreError) -> IndexFile {
        let larger = try IndexFile(creating: path, in: directory, capacity: capacity, salt: header.salt, files)
        var writer = IndexFileWriter(larger)
        try forEach { place, slot throws(StoreError) in
            // Such a slot stands at the beginning because there was no place before the end of the file.
            if header.home(of: slot.key) > place { return writer.putLate(slot) }
            try writer.put(slot)
        }
        var filled = try writer.finish()
        filled.header.complete = header.complete
        return filled
    }
}
