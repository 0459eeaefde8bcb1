import Digest
import Glibc

/// Many slots at a time.
extension IndexFile {
    /// Slots of a page of the file, behind the header's.
    private static let pageSlots: UInt64 = 64
    /// Pages read and written at a time.
    private static let extentPages: UInt64 = 16
    private static let extentSize = Int(extentPages * pageSlots) * IndexSlot.size

    /// Puts slots of different keys, which come in the order of their homes. Those of neighbouring pages share a read and
    /// a write.
    ///
    /// - Returns: the places in `changes` of those that the disk did not take; then `failure` says why.
    mutating func put(_ changes: [IndexChange], _ failure: inout StoreError?) throws(StoreError) -> [Int] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.extentSize, alignment: 64)
        defer { buffer.deallocate() }
        // Those whose slot stands behind its extent, or that are alone in theirs.
        var single: [Int] = []
        var start = 0
        while start < changes.count {
            let extent = extent(of: changes, from: start)
            // One alone need not read a page; what a failing disk has taken by half is looked at slot by slot.
            if extent.changes.count > 1, torn.isEmpty, failure == nil {
                do throws(StoreError) {
                    try put(changes, extent, buffer, &single)
                } catch {
                    if error.isDamagedIndex { throw error }
                    failure = error
                    single += extent.changes
                }
            } else {
                single += extent.changes
            }
            start = extent.changes.endIndex
        }
        var left: [Int] = []
        for index in single {
            do throws(StoreError) {
                try put(changes[index])
            } catch {
                if error.isDamagedIndex { throw error }
                failure = error
                left.append(index)
            }
        }
        return left
    }

    /// Lets the system begin to read what `put` will look at, all of it at the same time: a page that is not in its cache
    /// takes as long as the disk does, and one after the other they took a second for every 8000.
    func prefetch(_ changes: [IndexChange]) {
        var start = 0
        while start < changes.count {
            let extent = extent(of: changes, from: start)
            prefetch(extent.slots)
            start = extent.changes.endIndex
        }
    }

    /// The same for searching.
    func prefetch(_ keys: [Hash128]) {
        for key in keys {
            let home = header.home(of: key)
            prefetch(home..<min(home + UInt64(Self.blockSlots), header.capacity))
        }
    }

    private func prefetch(_ slots: Range<UInt64>) {
        // Advice: where it cannot be taken, the pages are read when they are needed.
        posix_fadvise(
            file.descriptor, Int(offset(slots.lowerBound)), slots.count * IndexSlot.size, Int32(POSIX_FADV_WILLNEED))
    }

    private struct Extent {
        /// The slots of its pages.
        var slots: Range<UInt64>
        /// What belongs into them.
        var changes: Range<Int>
    }

    /// As many neighbouring pages as have something to be put into, up to a limit.
    private func extent(of changes: [IndexChange], from start: Int) -> Extent {
        let first = header.home(of: changes[start].key) / Self.pageSlots
        var last = first
        var end = start + 1
        while end < changes.count {
            let page = header.home(of: changes[end].key) / Self.pageSlots
            guard page <= last + 1, page - first < Self.extentPages else { break }
            last = page
            end += 1
        }
        return Extent(
            slots: first * Self.pageSlots..<min((last + 1) * Self.pageSlots, header.capacity), changes: start..<end)
    }

    /// - Parameter single: gets those that have no place in the extent.
    private mutating func put(
        _ changes: [IndexChange], _ extent: Extent, _ buffer: UnsafeMutableRawBufferPointer, _ single: inout [Int]
    ) throws(StoreError) {
        let first = extent.slots.lowerBound
        let count = extent.slots.count
        let bytes = try read(UInt64(count), from: first, into: buffer)
        // With what was there before.
        var changed: [(place: Int, old: IndexSlot?)] = []
        changed.reserveCapacity(extent.changes.count)
        var added: UInt64 = 0
        for index in extent.changes {
            let change = changes[index]
            var place = Int(header.home(of: change.key) - first)
            var old: IndexSlot?
            search: while place < count {
                switch reading(bytes, place, at: first + UInt64(place)) {
                case .empty: break search
                case .slot(let slot) where slot.key == change.key:
                    old = slot
                    break search
                case .slot: place += 1
                case .damaged: throw damage("a slot of it is damaged")
                }
            }
            if place == count {
                single.append(index)
                continue
            }
            guard let content = change.applied(to: old?.content) else { continue }
            if old == nil, header.count + added + 1 >= header.capacity { throw damage("it is full") }
            changed.append((place, old))
            let range = (place * IndexSlot.size)..<((place + 1) * IndexSlot.size)
            IndexSlot(key: change.key, content: content)
                .write(to: UnsafeMutableRawBufferPointer(rebasing: buffer[range]))
            if old == nil || change.countsOld { added += 1 }
        }
        guard let lowest = changed.map(\.place).min(), let highest = changed.map(\.place).max() else { return }
        let range = (lowest * IndexSlot.size)..<((highest + 1) * IndexSlot.size)
        do throws(StoreError) {
            try file.write(UnsafeRawBufferPointer(rebasing: bytes[range]), at: offset(first + UInt64(lowest)), files)
        } catch {
            for (place, old) in changed { torn[first + UInt64(place)] = .some(old) }
            throw error
        }
        header.count = min(header.count + added, header.capacity)
    }
}
