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
