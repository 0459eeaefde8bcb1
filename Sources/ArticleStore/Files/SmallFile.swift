internal import JSONText

/// A line of JSON that is replaced as a whole, in `state`.
enum SmallFile {
    private static let maximumLength = 4096

    /// Nil where there is none, or where it is damaged: nothing depends on it.
    static func json(_ path: String) -> JSONValue? {
        guard let file = try? OpenFile.reading(path), let bytes = try? file.read(maximumLength, at: 0) else {
            return nil
        }
        return try? JSONParser.parse(bytes).value
    }

    static func write(
        _ line: [UInt8], to path: String, in directory: StoreDirectory, _ files: FileSystem
    ) throws(StoreError) {
        try directory.replace(
            path, with: line + [UInt8(ascii: "\n")], in: directory.states, temporary: "\(path).new", files)
    }
}
