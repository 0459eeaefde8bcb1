internal import Configuration
internal import FeedParsing
internal import JSONText

/// `PageSelectors` are the selectors by which a page was read, as its record has them: with others the same bytes may give
/// another article.
struct PageSelectors: Equatable {
    private let container: String?
    private let remove: [String]

    init(_ settings: PageSettings) {
        container = settings.container?.description
        remove = settings.remove.map(\.description)
    }

    /// Takes them out of the `page` of a record.
    init(_ page: JSONValue) {
        container = page["container"]?.string
        remove = page["remove"]?.array?.compactMap(\.string) ?? []
    }

    /// Writes members of the object that the caller has begun, where there are any.
    func write(to json: inout JSONWriter) {
        json.member("container", container)
        json.member("remove", remove)
    }
}
