import Glibc

/// What is written down beside a consumer's cursor, in a file of its own kind. Nothing that articles depend on stands there,
/// so none of it is durable, and what cannot be read is as what is not there.
extension Cursors {
    private func notePath(_ name: String, _ kind: StaticString) throws(StoreError) -> String {
        _ = try path(of: name)
        return "\(directory.cursors)/.\(name).\(kind)"
    }

    /// Reads a note of a kind; nil where a consumer has none, or none that can be read.
    ///
    /// - Parameter longest: as many bytes are read; one that is as long is cut off, and no note.
    func readNote(_ kind: StaticString, of name: String, longest: Int) -> [UInt8]? {
        guard let path = try? notePath(name, kind), let file = try? OpenFile.reading(path, followsLinks: false),
            let bytes = try? file.read(longest, at: 0), bytes.count < longest
        else { return nil }
        return bytes
    }

    /// Writes a note of a kind in the place of the one before, or, with nil, removes it.
    func writeNote(_ bytes: [UInt8]?, _ kind: StaticString, of name: String) throws(StoreError) {
        let path = try notePath(name, kind)
        guard let bytes else {
            _ = files.remove(path)
            return
        }
        try put(bytes, at: path)
    }
}
