internal import Configuration
internal import FeedModel

/// The feeds that a person named on the command line (contract.md §1).
enum FeedSelection {
    /// - Parameter names: ids, URLs or unambiguous starts of ids; all feeds where there are none.
    static func choose(_ names: [String], from configuration: Configuration) throws(CommandFailure)
        -> [FeedConfiguration]
    {
        if names.isEmpty { return configuration.feeds }
        var chosen: [FeedConfiguration] = []
        for name in names {
            let feed = try find(name, in: configuration)
            if !chosen.contains(where: { $0.id == feed.id }) { chosen.append(feed) }
        }
        return chosen
    }

    private static func find(_ name: String, in configuration: Configuration) throws(CommandFailure)
        -> FeedConfiguration
    {
        if let feed = configuration.feeds.first(where: { $0.id.text == name || $0.url == name }) { return feed }
        let matches = configuration.feeds.filter { $0.id.text.hasPrefix(name) }
        switch matches.count {
        case 1: return matches[0]
        case 0:
            throw CommandFailure(
                .usage,
                "no feed of \(configuration.path) has the id or URL \(URLRedaction.redacted(name)); "
                    + "`newswire feeds` lists them")
        default:
            let ids = matches.prefix(5).map(\.id.text).joined(separator: ", ")
            throw CommandFailure(
                .usage,
                "\(name) is the start of \(matches.count) ids (\(ids)\(matches.count > 5 ? ", …" : "")); write more of it"
            )
        }
    }
}
