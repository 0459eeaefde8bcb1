private import FeedModel

/// Reads the `[[feed]]` tables of one file.
struct FeedTableReader {
    private let file: ConfigurationFile
    private let state: LoadingState
    private let tables: TableReader
    private let standard: Shared<FeedOptions>

    init(file: ConfigurationFile, state: LoadingState) {
        self.file = file
        self.state = state
        tables = TableReader(file: file, state: state)
        standard = state.feeds.shared(state.feedOptions)
    }

    func read(_ node: TOMLNode) {
        let place = file.place(node.line)
        guard node.kind == .table else {
            return state.error("[[feed]]: must be a table, not \(node.kind.name)", at: place)
        }
        var feed = FeedSettings(options: standard.value)
        tables.read(node, into: &feed)
        let options = feed.options
        let authorizations = [
            options.basicAuth != nil, options.bearer != nil,
            options.headers.contains { $0.name.lowercased() == "authorization" },
        ]
        if authorizations.count(where: { $0 }) > 1 {
            state.error(
                "[[feed]]: only one of basic_auth, bearer and headers.Authorization may be set", at: place)
        }
        switch feed.address {
        case .web(let url): add(feed, url: url, localPath: nil, node, place)
        case .local(let path, let url): add(feed, url: url, localPath: path, node, place)
        case .refused: break
        case nil:
            guard node.member("url") == nil else { break }
            state.error("[[feed]] url: is missing; each feed needs one", at: place)
        }
    }

    private func add(
        _ table: FeedSettings, url: String, localPath: String?, _ node: TOMLNode, _ place: SourcePlace
    ) {
        let feed = PendingFeed(
            url: url, localPath: localPath, id: table.id, title: table.title, tags: table.tags, place: place,
            options: table.options == standard.value ? standard : state.feeds.shared(table.options),
            hasOwnCap: node.member("max_age_cap") != nil)
        switch state.feeds.add(feed) {
        case .added, .merged: break
        case .sameURL(let other):
            state.error(
                "[[feed]] url: \(URLRedaction.redacted(url)) is already in \(other); two feeds of one URL "
                    + "each need an id = \"…\"", at: place)
        case .sameID(let other):
            state.error("[[feed]] id: \(TOMLText.quoted(feed.id ?? "")) is already in \(other)", at: place)
        case .tooMany:
            state.error("[[feed]]: there are more than \(LoadingState.Limit.feeds) feeds", at: place)
        }
    }
}
