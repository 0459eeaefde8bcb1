extension IndexFile {
    /// A larger copy at `path`. As places follow the hash, both files are gone through from front to back.
    func grown(to capacity: UInt64, at path: String, in directory: StoreDirectory) throws(Failure) -> IndexFile {
        let larger: IndexFile
        do throws(StoreError) {
            larger = try IndexFile(creating: path, in: directory, capacity: capacity, salt: header.salt, files)
        } catch {
            throw .system(error)
        }
        var writer = IndexFileWriter(larger)
        try forEach { place, slot throws(Failure) in
            // Moved on past the end of the file.
            if header.home(of: slot.key) > place { return writer.putLate(slot) }
            try writer.put(slot)
        }
        var filled = try writer.finish()
        filled.header.complete = header.complete
        return filled
    }
}
