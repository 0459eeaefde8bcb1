private import FeedModel

extension Configuration {
    /// All effective values as TOML that loads to an equal configuration (`check --print`).
    ///
    /// Secrets are shown as the references that they are, and those in the query of a URL as `***`: such a feed alone
    /// does not load as it was.
    package func printEffective() -> String {
        var tables = [TopSettings(contact: contact).text, "[fetch]\n\(fetch.text)"]
        tables += hosts.map { "[host.\(TOMLText.quoted($0.name))]\n\($0.text)" }
        tables += ["[schedule]\n\(schedule.text)", "[store]\n\(store.text)", "[status]\n\(status.text)"]
        tables += ["[log]\n\(log.text)"]
        tables += feeds.lazy.map { "[[feed]]\n\(FeedSettings($0).text)" }
        return tables.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

extension FeedSettings {
    /// What the table of a feed would have to say.
    fileprivate init(_ feed: FeedConfiguration) {
        address = feed.localPath.map { .local(path: $0, url: feed.url) } ?? .web(feed.url)
        id = feed.id.text
        title = feed.title
        tags = feed.tags
        options = feed.options
    }
}
