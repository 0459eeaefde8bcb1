extension Configuration {
    /// The same with the ids by which the store knows its feeds, where a person gave none (contract.md §2).
    package func recognising(_ known: [FeedIdentity.Known]) -> Configuration {
        if known.isEmpty { return self }
        let candidates = feeds.map { FeedIdentity.Candidate(url: $0.url, id: $0.hasExplicitID ? $0.id : nil) }
        var result = self
        for (index, id) in FeedIdentity.assign(candidates, known: known).enumerated() { result.feeds[index].id = id }
        return result
    }
}
