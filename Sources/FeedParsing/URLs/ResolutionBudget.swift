/// How many bytes of base URLs may be copied into the relative references of a document.
///
/// A reference is a few bytes long and its base may be thousands: without a bound a document of some megabytes would become
/// gigabytes. Documents that people write stay far below it, because a link comes with a text. Only what is resolved against
/// a base costs: an absolute URL means the same however much has been resolved before.
struct ResolutionBudget {
    private var left: Int

    /// Bytes of bases for each byte of the document, and for a short one beside that.
    private static let factor = 8
    private static let least = 4096

    /// - Parameter bytes: the length of the document, as far as it is known.
    init(document bytes: Int) {
        left = Self.least
        add(document: bytes)
    }

    /// More of the document has come.
    mutating func add(document bytes: Int) {
        left += Self.factor * bytes
    }

    /// Whether one more reference may be resolved against a base of that length.
    mutating func take(_ baseBytes: Int) -> Bool {
        guard baseBytes <= left else { return false }
        left -= baseBytes
        return true
    }
}
