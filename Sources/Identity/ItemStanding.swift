package import FeedModel

extension IdentityRules {
    /// Tells what is known of an item by itself, without the others of its document. It throws what `knowledge` throws.
    package func standing<Knowledge: ArticleKnowledge>(
        of article: Article, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> ItemStanding {
        let names = churn?.volatileParameters ?? []
        if names.isEmpty { return try compared(article, knowledge) }
        let parameters = VolatileParameters(names)
        return try compared(
            parameters.removed(from: article), ComparedKnowledge(base: knowledge, parameters: parameters))
    }

    private func compared<Knowledge: ArticleKnowledge>(
        _ article: Article, _ knowledge: Knowledge
    ) throws(Knowledge.Failure) -> ItemStanding {
        var items = DocumentItems([article], self)
        try ItemLookup(self).findAll(&items, knowledge)
        guard items.count == 1, let found = items[0].found else { return .new }
        return found.contentHash == items[0].hash ? .known(found.uid) : .changed
    }
}
