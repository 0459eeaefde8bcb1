import Glibc

/// The names in a folder, in no order; none where there is no such folder.
///
/// - Parameter limit: the most names that are taken. More are an error where others may make as many as they like.
func fileNames(in folder: String, limit: Int = .max) throws(StoreError) -> [String] {
    guard let stream = opendir(folder) else {
        if errno == ENOENT { return [] }
        throw .system("listing", folder)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
        errno = 0
        guard let entry = readdir(stream) else {
            if errno != 0 { throw .system("listing", folder) }
            return names
        }
        let name = name(of: entry)
        if name == "." || name == ".." { continue }
        guard names.count < limit else {
            throw StoreError(
                .inputOutput, "listing", folder, "it holds more than \(limit) names",
                advice: "remove what does not belong there")
        }
        names.append(name)
    }
}

/// Reads the name where it stands, up to its NUL: a record of readdir(3) is only as long as its name, and the last one
/// may end with the buffer, so that the member's 256 bytes must not be copied.
private func name(of entry: UnsafePointer<dirent>) -> String {
    // Not nil: it is a stored member.
    let start = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \dirent.d_name)!
    let bytes = start.assumingMemoryBound(to: CChar.self)
    return String(decoding: UnsafeRawBufferPointer(start: start, count: strlen(bytes)), as: UTF8.self)
}
