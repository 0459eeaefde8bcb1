extension Configuration {
    /// Gives feeds the ids by which the store knows them, where a person gave none (contract.md §2).
    package mutating func recognise(_ known: [FeedIdentity.Known]) {
        if known.isEmpty { return }
        let candidates = feeds.map { FeedIdentity.Candidate(url: $0.url, id: $0.hasExplicitID ? $0.id : nil) }
        for (index, id) in FeedIdentity.assign(candidates, known: known).enumerated() { feeds[index].id = id }
    }

    package func recognising(_ known: [FeedIdentity.Known]) -> Configuration {
        var result = self
        result.recognise(known)
        return result
    }
}
