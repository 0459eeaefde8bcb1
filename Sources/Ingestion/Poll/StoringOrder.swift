internal import FeedModel

/// `StoringOrder` puts what one document brings in the order in which it is stored, the oldest first, so that a batch
/// reaches a mailer or a chat as it was published (identity.md §10.5).
struct StoringOrder {
    private let articles: [Article]

    /// - Parameter articles: those of the document, in its order.
    init(_ articles: [Article]) { self.articles = articles }

    /// Sorts by date where each article has one, of publishing or else of change, and else turns the document's order
    /// round where the dates that there are fall. Equal dates follow the document, turned round where its dates fall.
    ///
    /// - Parameter index: tells which article of the document an element is of.
    func sorted<Element>(_ elements: [Element], by index: (Element) -> Int) -> [Element] {
        if elements.count < 2 { return elements }
        let dates = elements.map { date(index($0)) }
        let places = Self.isFalling(dates) ? elements.indices.reversed() : Array(elements.indices)
        let known = dates.compactMap { $0 }
        guard known.count == dates.count else { return places.map { elements[$0] } }
        return places.enumerated().sorted { first, second in
            let (date, other) = (known[first.element], known[second.element])
            return date != other ? date < other : first.offset < second.offset
        }.map { elements[$0.element] }
    }

    private func date(_ index: Int) -> Timestamp? { articles[index].published ?? articles[index].modified }

    /// Whether more of the dates are before the one that stands above them than after it.
    private static func isFalling(_ dates: [Timestamp?]) -> Bool {
        var balance = 0
        var above: Timestamp?
        for date in dates.lazy.compactMap({ $0 }) {
            if let above { balance += date < above ? 1 : date > above ? -1 : 0 }
            above = date
        }
        return balance > 0
    }
}
