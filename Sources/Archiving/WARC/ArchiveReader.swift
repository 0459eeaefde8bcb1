/// `ArchiveReader` reads a file of the archive, record by record, also while it is being written.
///
/// What is damaged is told and passed over: reading goes on with the next record that begins somewhere behind it. Whatever
/// stands in the file, no more than `longestRecord` bytes of it are in memory.
package struct ArchiveReader {
    /// `Item` is what was read.
    package enum Item: Sendable {
        /// A record, whose first byte is that one of the file.
        case record(WARCRecord, offset: UInt64)
        /// From the first byte up to the second there is no whole record, though whole ones come behind it.
        case damage(Range<UInt64>)
        /// From there to its end the file has no whole record: a write was not finished, or is not yet.
        case torn(offset: UInt64)
    }

    /// The name of the file.
    package let name: ArchiveFileName
    private let file: ArchiveDescriptor
    /// All before that byte has been read.
    package private(set) var offset: UInt64 = 0
    private var hasEnded = false

    /// The largest page that a configuration allows, with its headers.
    package static let longestRecord = (64 << 20) + (1 << 20)
    private static let start = Array("WARC/1.".utf8)
    /// What each member of gzip begins with that newswire or another writer of WARC makes.
    private static let magic: [UInt8] = [0x1f, 0x8b, 0x08]

    /// Opens a file of the archive. Throws `missing` where there is none of that name.
    package init(_ name: ArchiveFileName, in folder: ArchiveFolder) throws(ArchiveError) {
        self.name = name
        file = try folder.reading(name)
    }

    init(_ name: ArchiveFileName, _ file: ArchiveDescriptor) {
        self.name = name
        self.file = file
    }

    /// Bytes that the file has at present.
    package var size: UInt64 { get throws(ArchiveError) { try file.size() } }

    /// Reads on; nil at the end.
    package mutating func next() throws(ArchiveError) -> Item? {
        guard !hasEnded else { return nil }
        let start = offset
        switch try record(at: start) {
        case .found(let record, let end):
            offset = end
            return .record(record, offset: start)
        case .ended:
            hasEnded = true
            return nil
        case .none: break
        }
        guard let next = try nextRecord(after: start) else {
            hasEnded = true
            return .torn(offset: start)
        }
        offset = next
        return .damage(start..<next)
    }

    /// Reads the record at a place; nil where there is none.
    package static func record(at place: ArchivePlace, in folder: ArchiveFolder) throws(ArchiveError) -> WARCRecord? {
        let reader = try ArchiveReader(place.file, in: folder)
        guard case .found(let record, _) = try reader.record(at: place.offset) else { return nil }
        return record
    }

    /// Reads the record at a place and the one behind it; nil in the place of one that is not there.
    package static func records(
        at place: ArchivePlace, in folder: ArchiveFolder
    ) throws(ArchiveError) -> (WARCRecord?, WARCRecord?) {
        let reader = try ArchiveReader(place.file, in: folder)
        guard case .found(let first, let end) = try reader.record(at: place.offset) else { return (nil, nil) }
        guard case .found(let second, _) = try reader.record(at: end) else { return (first, nil) }
        return (first, second)
    }

    private enum Found {
        case found(WARCRecord, end: UInt64)
        case ended
        case none
    }

    private func record(at offset: UInt64) throws(ArchiveError) -> Found {
        switch try GZipMember.unpack(file, at: offset, beginningWith: Self.start, limit: Self.longestRecord) {
        case .whole(let bytes, let end):
            guard let record = WARCRecord(bytes), record.isAsWritten else { return .none }
            return .found(record, end: end)
        case .cut: return try offset >= file.size() ? .ended : .none
        case .broken, .tooLong: return .none
        }
    }

    /// As many places are tried behind a damaged one. What looks like the beginning of a record comes once in 16 MiB by chance.
    private static let mostTries = 4096

    /// Looks for the next place where a record begins and ends.
    private func nextRecord(after offset: UInt64) throws(ArchiveError) -> UInt64? {
        var position = offset + 1
        var tries = 0
        while true {
            let piece = try file.read(1 << 20, at: position)
            guard piece.count >= Self.magic.count else { return nil }
            var index = 0
            while index + Self.magic.count <= piece.count {
                guard piece[index] == Self.magic[0] else {
                    index += 1
                    continue
                }
                let place = position + UInt64(index)
                if piece[index + 1] == Self.magic[1], piece[index + 2] == Self.magic[2] {
                    if case .found = try record(at: place) { return place }
                    tries += 1
                    if tries > Self.mostTries {
                        throw ArchiveError(
                            .damaged, "reading", file.path, "it is damaged from byte \(offset) on",
                            advice: "put it back from a copy, or remove it")
                    }
                }
                index += 1
            }
            // What begins at the end of the piece is looked at with the next one.
            position += UInt64(piece.count - Self.magic.count + 1)
        }
    }
}
