/// What relative URLs are resolved against at one place of a document: xml:base where there is one, else the document's.
struct BaseURLs {
    private struct Entry {
        var url: String?
        var depth: Int
    }

    let document: String?
    private var entries: [Entry] = []
    private var budget = ResolutionBudget(document: 8192)

    init(document: String?) {
        self.document = document
    }

    /// Whether xml:base says something.
    var isGiven: Bool { !entries.isEmpty }

    var current: String? {
        if let last = entries.last { return last.url }
        return document
    }

    /// The base outside the element at that depth.
    func outside(depth: Int) -> String? {
        if let entry = entries.last(where: { $0.depth < depth }) { return entry.url }
        return document
    }

    /// Whether an element at that depth or below has a base of its own.
    func changes(below depth: Int) -> Bool {
        entries.last.map { $0.depth > depth } ?? false
    }

    mutating func push(_ base: String, depth: Int) {
        guard !base.isEmpty else { return }
        // One with another scheme than the web's, or with what is no host, is as if it were not there.
        guard let url = resolve(base, base: current), URLResolution.isBase(url) else { return }
        entries.append(Entry(url: url, depth: depth))
    }

    /// So many bytes more of the document have come.
    mutating func add(document bytes: Int) {
        budget.add(document: bytes)
    }

    /// What a reference means with that base; nil for a relative one where too much has been resolved for the document's
    /// length.
    mutating func resolve(_ reference: String, base: String?) -> String? {
        URLResolution.resolve(reference, base: base, &budget)
    }

    mutating func pop(depth: Int) {
        while let last = entries.last, last.depth >= depth { entries.removeLast() }
    }
}

/// How many bytes of base URLs may be copied into the relative references of a document.
///
/// A reference is a few bytes long and its base may be thousands: without a bound a document of some megabytes would become
/// gigabytes. Documents that people write stay far below it, because a link comes with a text. Only what is resolved against
/// a base costs: an absolute URL means the same however much has been resolved before.
package struct ResolutionBudget {
    private var left: Int

    /// Bytes of bases for each byte of the document, and for a short one beside that.
    private static let factor = 8
    private static let least = 4096

    /// - Parameter bytes: the length of the document, as far as it is known.
    package init(document bytes: Int) {
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
