/// The fields that a query can name, as they are written.
enum QueryField: String, CaseIterable {
    case title, body, author, url, host, feed, tag, category, lang, age, since, until
    case `is`, has

    /// All of them, for messages.
    static let names = allCases.map(\.rawValue).joined(separator: ", ")
}
