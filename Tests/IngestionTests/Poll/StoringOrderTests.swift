import FeedModel
import Testing

@testable import Ingestion

@Suite("The order in which the articles of a document are stored")
struct StoringOrderTests {
    /// The articles' places in the order in which they are stored.
    ///
    /// - Parameter days: when each was published; nil for an article without a date.
    private func order(_ days: [Int?], isModified: Bool = false) -> [Int] {
        let articles = days.map { day in
            var article = Article()
            let date = day.map { Timestamp(seconds: Int64($0) * 86_400) }
            if isModified { article.modified = date } else { article.published = date }
            return article
        }
        return StoringOrder(articles).sorted(Array(articles.indices), by: { $0 })
    }

    @Test("identity.md §10.5: where each article has a date, the oldest is first, however the document stands")
    func byDate() {
        #expect(order([3, 2, 1]) == [2, 1, 0])
        #expect(order([1, 2, 3]) == [0, 1, 2])
        #expect(order([2, 3, 1, 4]) == [2, 0, 1, 3])
        #expect(order([3, 2, 1], isModified: true) == [2, 1, 0])
    }

    @Test("identity.md §10.5: articles of one date follow the document, turned round where its dates fall")
    func oneDate() {
        #expect(order([5, 5, 5]) == [0, 1, 2])
        #expect(order([6, 5, 5, 4]) == [3, 2, 1, 0])
        #expect(order([4, 5, 5, 6]) == [0, 1, 2, 3])
    }

    @Test("identity.md §10.5: where a date is missing, the document is turned round if its dates fall")
    func missing() {
        #expect(order([nil, 3, nil, 1]) == [3, 2, 1, 0])
        #expect(order([nil, 1, nil, 3]) == [0, 1, 2, 3])
        #expect(order([nil, 3]) == [0, 1])
        #expect(order([nil, nil, nil]) == [0, 1, 2])
        #expect(order([nil, 3, nil, 4, 2, 1]) == [5, 4, 3, 2, 1, 0])
    }

    @Test("The date of publishing goes before that of a change")
    func published() {
        var (first, second) = (Article(), Article())
        first.published = Timestamp(seconds: 10)
        first.modified = Timestamp(seconds: 99)
        second.modified = Timestamp(seconds: 20)
        #expect(StoringOrder([second, first]).sorted([0, 1], by: { $0 }) == [1, 0])
    }

    @Test("What stores nothing has no order, and one article is by itself")
    func few() {
        #expect(order([]) == [])
        #expect(order([7]) == [0])
    }
}
