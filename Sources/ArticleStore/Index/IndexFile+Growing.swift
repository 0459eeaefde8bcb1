extension IndexFile {
    /// A larger copy at `path`. As places follow the hash, both files are gone through from front to back.
    func grown(to capacity: UInt64, at path: String, in directory: StoreDirectory) throws(Failure) -> IndexFile {
        var larger: IndexFile
        do throws(StoreError) {
            larger = try IndexFile(creating: path, in: directory, capacity: capacity, salt: header.salt, files)
        } catch {
            throw .system(error)
        }
        var window = SlotWindow(capacity: capacity)
        // Slots that had been moved on past the end of the file, or far past where they belong: few.
        var late: [IndexSlot] = []
        try forEach { place, slot throws(Failure) in
            if header.home(of: slot.key) > place { return late.append(slot) }
            let home = larger.header.home(of: slot.key)
            while true {
                switch window.put(slot, home: home) {
                case .done: return
                case .behind: return late.append(slot)
                case .ahead: try larger.flush(&window, upTo: min(home, window.start + UInt64(SlotWindow.size / 2)))
                }
            }
        }
        try larger.flush(&window, upTo: capacity)
        larger.header.count = window.count
        for slot in late {
            try larger.put(IndexChange(key: slot.key, content: slot.content, isAlias: true))
        }
        larger.header.complete = header.complete
        return larger
    }

    private func flush(_ window: inout SlotWindow, upTo place: UInt64) throws(Failure) {
        var failure: StoreError?
        while failure == nil, window.start < place {
            window.advance(to: place) { bytes, start in
                do throws(StoreError) {
                    try file.write(bytes, at: offset(start), files)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw .system(failure) }
    }
}
