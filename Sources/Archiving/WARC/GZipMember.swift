private import CDecoders

/// Packs and unpacks records one by one, so that each can be read by itself.
enum GZipMember {
    /// On real pages level 6 takes half of the time again for a tenth less.
    private static let level: Int32 = 1

    /// Returns the bytes as one member of gzip.
    static func packed(_ bytes: [UInt8]) -> [UInt8] {
        let packed = [UInt8](unsafeUninitializedCapacity: newswire_gzip_bound(bytes.count)) { buffer, count in
            count = newswire_gzip(bytes, bytes.count, buffer.baseAddress, buffer.count, level)
        }
        // Cannot be empty but for want of memory: no record is as long as zlib's limit of 4 GiB.
        precondition(!packed.isEmpty, "zlib packs what is shorter than 4 GiB")
        return packed
    }

    /// What came of unpacking a member.
    enum Unpacked {
        /// It was whole, and ended before that byte of the file.
        case whole([UInt8], end: UInt64)
        /// The file ended first.
        case cut
        /// It is no member of gzip, or not the whole of one, or no record of WARC begins in it.
        case broken
        /// It is a record's, as far as it was read, and longer than the limit.
        case tooLong
    }

    /// Unpacks the member that begins at a byte of a file, and no more of it than `limit` bytes.
    ///
    /// - Parameter start: what it has to begin with once it is unpacked.
    static func unpack(
        _ file: ArchiveDescriptor, at offset: UInt64, beginningWith start: [UInt8], limit: Int
    ) throws(ArchiveError) -> Unpacked {
        guard let decoder = newswire_decoder_make(NEWSWIRE_CODING_GZIP) else {
            throw ArchiveError(
                .inputOutput, "reading", file.path, "there is no memory for it", advice: "free some memory")
        }
        defer { newswire_decoder_free(decoder) }
        var unpacked: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        var position = offset
        while true {
            let piece = try file.read(128 << 10, at: position)
            if piece.isEmpty { return .cut }
            var left = piece.count
            var state = NEWSWIRE_DECODED_MORE
            while state == NEWSWIRE_DECODED_MORE {
                var room = block.count
                state = piece.withUnsafeBufferPointer { input in
                    // Not nil: the piece is not empty.
                    var next: UnsafePointer<UInt8>? = input.baseAddress! + (input.count - left)
                    return block.withUnsafeMutableBufferPointer {
                        newswire_decoder_run(decoder, &next, &left, $0.baseAddress, &room)
                    }
                }
                unpacked += block[..<(block.count - room)]
                let known = min(unpacked.count, start.count)
                if !unpacked[..<known].elementsEqual(start[..<known]) { return .broken }
                if unpacked.count > limit { return .tooLong }
                // More of the file is needed once all of the piece was read and nothing more comes of it.
                if left == 0, room > 0 { break }
            }
            position += UInt64(piece.count - left)
            if state == NEWSWIRE_DECODED_END { return .whole(unpacked, end: position) }
            if state == NEWSWIRE_DECODED_BROKEN { return .broken }
        }
    }
}
