internal import FeedModel

/// `RecordProof` is what computing a record's checksum and chain anew has shown.
package struct RecordProof: Sendable, Equatable {
    /// `Chain` is how the record hangs on the one before it.
    package enum Chain: Sendable, Equatable {
        /// It was made from that record and this line.
        case holds
        /// It was not: one of the two is another than was stored.
        case broken
        /// The record before is not there.
        case unknown
    }

    /// Whether the line is what its checksum says.
    package var isWhole: Bool
    package var chain: Chain
    /// The chain that the line claims, in its 64 digits.
    package var digits: String
}

extension StoreReader {
    /// Computes the checksum and the chain of a record anew, from the bytes on the disk as they are now.
    ///
    /// - Parameter line: as `line(seq:)` gives it.
    package func proof(of line: [UInt8], seq: UInt64) throws(StoreError) -> RecordProof {
        // One that begins a segment names the chain before it, and the first record ever has a known one.
        var previous = line.withUnsafeBytes { RecordEnvelope($0)?.previousChain }
        if previous == nil, seq == 1 { previous = RecordWriter.firstChain }
        if previous == nil, let before = try self.line(seq: seq - 1) {
            previous = before.withUnsafeBytes { RecordEnvelope($0)?.chain }
        }
        return line.withUnsafeBytes { bytes in
            guard let envelope = RecordEnvelope(bytes) else {
                return RecordProof(isWhole: false, chain: .unknown, digits: "")
            }
            var proof = RecordProof(
                isWhole: RecordLine.isWhole(bytes), chain: .unknown,
                digits: String(decoding: envelope.chainDigits, as: UTF8.self))
            let (content, claim) = RecordLine.chained(bytes)
            if let previous {
                proof.chain = claim == RecordWriter().chain(after: previous, content) ? .holds : .broken
            }
            return proof
        }
    }
}
