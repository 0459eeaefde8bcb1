extension Configuration {
    /// The feed that a URL already stands for: the same but for http or https, `www.` and a slash at the end of the path
    /// (contract.md §2).
    package func feed(at url: String) -> FeedConfiguration? {
        let form = FeedIdentity.looseForm(url)
        return feeds.first { $0.url == url } ?? feeds.first { FeedIdentity.looseForm($0.url) == form }
    }
}
