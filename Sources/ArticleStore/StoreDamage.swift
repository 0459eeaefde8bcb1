/// A place of the articles that is not as it was written.
package struct StoreDamage: Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, in words.
    package enum Kind: String, Sendable {
        /// The line is not what its checksum says, or no record at all.
        case line = "the line is damaged"
        /// The chain does not lead from the record before to this one.
        case chain = "the chain is broken here: this line or one before it was changed"
        /// Records are missing before this one.
        case gap = "records are missing before this line"
        /// The record's number was there before.
        case order = "the record is out of order"
    }

    /// What is wrong there.
    package var kind: Kind
    /// The path of the segment.
    package var segment: String
    /// Counted from 1; nil where reading began in the middle of the segment.
    package var line: Int?
    /// The first byte of the line.
    package var offset: UInt64
    /// The number that the record there has or should have.
    package var seq: UInt64?

    /// The place and what is wrong, in one line.
    package var description: String {
        let place = line.map { "line \($0), byte \(offset)" } ?? "byte \(offset)"
        return "\(segment), \(place)\(seq.map { " (seq \($0))" } ?? ""): \(kind.rawValue)"
    }
}
