/// `TagKey` is a tag of feeds as it is compared: without regard to case, so that a folder called `Defence` and the tag
/// `defence` are one.
package struct TagKey: Hashable, Sendable {
    // Bytes, because the characters of a `String` take many times as long to compare where accents are their own.
    private let folded: [UInt8]

    /// Takes a tag as a person or a list has written it.
    package init(_ tag: String) { folded = Array(tag.lowercased().utf8) }

    /// The tag in lower case, for messages.
    package var text: String { String(decoding: folded, as: UTF8.self) }
}
