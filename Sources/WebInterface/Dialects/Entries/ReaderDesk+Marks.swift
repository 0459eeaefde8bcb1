internal import SearchIndex

extension ReaderDesk {
    /// Marks entries, of which those that are not there are left out.
    func mark(_ ids: [UInt64], isRead: Bool?, isStarred: Bool?) throws(WebFailure) {
        guard isRead != nil || isStarred != nil else { return }
        let last = last
        let known = try entries(ids).map(\.id)
        if let isRead { try marked.mark(known, read: isRead, upTo: last) }
        if let isStarred { try marked.star(known, isStarred) }
    }

    /// The entries of these ids that there are.
    func entries(_ ids: [UInt64]) throws(WebFailure) -> [IndexedEntry] {
        do throws(SearchFailure) {
            return try search.entries(ids: Array(Set(ids)).sorted())
        } catch {
            throw error.readerFailure
        }
    }
}
