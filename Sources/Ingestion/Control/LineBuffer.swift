/// Bytes as they come, given back line by line. Each byte is looked at once, however the lines are cut up.
struct LineBuffer {
    private var bytes: [UInt8] = []
    /// Where the first line begins that was not given back.
    private var start = 0
    /// Up to where there is no line feed.
    private var scanned = 0

    /// Bytes that were not given back.
    var count: Int { bytes.count - start }

    mutating func append(_ new: some Sequence<UInt8>) { bytes.append(contentsOf: new) }

    /// The next whole line, without its line feed.
    mutating func next() -> [UInt8]? {
        guard let end = bytes[scanned...].firstIndex(of: UInt8(ascii: "\n")) else {
            scanned = bytes.count
            return nil
        }
        let line = Array(bytes[start..<end])
        start = end + 1
        scanned = start
        // Moving what is left costs no more than what was given back.
        if start * 2 >= bytes.count {
            bytes.removeSubrange(..<start)
            (start, scanned) = (0, 0)
        }
        return line
    }
}
