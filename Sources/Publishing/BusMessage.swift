/// `BusMessage` is a record on its way to a bus (P1): the store's line without its line feed, and what stands beside it.
///
/// It points into bytes that others keep for as long as it is used.
package struct BusMessage {
    package let line: UnsafeRawBufferPointer
    /// The id is the first 32 digits of the record's chain (P2).
    package let id: UnsafeRawBufferPointer
    package let seq: UInt64
    package let uid: UnsafeRawBufferPointer
    package let version: UInt32
    /// The kind is a word of the store's: `new`, `update` or `duplicate`.
    package let kind: String
    package let feed: String
    /// The time is as records have it: 20 bytes of RFC 3339.
    package let storedAt: UnsafeRawBufferPointer
    /// Seconds since 1970 of the same.
    package let storedSeconds: Int64
    /// What was left out because the bus takes no line of that length (P5): `omittedContent` or `omittedAll`; nil for nothing.
    package let omitted: String?

    package init(
        line: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer, seq: UInt64, uid: UnsafeRawBufferPointer,
        version: UInt32, kind: String, feed: String, storedAt: UnsafeRawBufferPointer, storedSeconds: Int64,
        omitted: String?
    ) {
        self.line = line
        self.id = id
        self.seq = seq
        self.uid = uid
        self.version = version
        self.kind = kind
        self.feed = feed
        self.storedAt = storedAt
        self.storedSeconds = storedSeconds
        self.omitted = omitted
    }

    /// The names of what stands beside the line, as headers and fields have them.
    package enum Header {
        package static let id = "Newswire-Id"
        package static let seq = "Newswire-Seq"
        package static let uid = "Newswire-Uid"
        package static let version = "Newswire-Version"
        package static let kind = "Newswire-Kind"
        package static let feed = "Newswire-Feed"
        package static let storedAt = "Newswire-Stored-At"
        package static let omitted = "Newswire-Omitted"
    }

    /// What `Header.omitted` says of a message without its texts.
    package static let omittedContent = "content"
    /// What it says of one that has nothing but which record it is.
    package static let omittedAll = "all"

    /// Tells whether a text can be an id: 32 hexadecimal digits.
    package static func isID(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }
}
