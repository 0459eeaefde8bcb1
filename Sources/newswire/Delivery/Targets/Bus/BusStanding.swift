internal import ArticleStore
internal import Publishing

/// Where the last message of a bus stands in a store.
struct BusStanding {
    /// In words that go on behind `its last message is`.
    let text: String
    /// Whether it may be gone on behind it.
    let isOurs: Bool
    /// The record; nil where the store cannot say which that is.
    let mark: RecordMark?

    init(_ end: BusEnd, in reader: StoreReader) throws {
        let place = "record \(end.seq)\(end.id.map { " with the id \($0)" } ?? "")"
        mark = try reader.mark(of: end.seq)
        if let mark {
            if let id = end.id, !mark.chain.hasPrefix(id) {
                (text, isOurs) = ("\(place), but the store's record of that number has \(mark.chain.prefix(32))", false)
            } else {
                (text, isOurs) = ("\(place), which is the store's", true)
            }
            return
        }
        let last = try reader.lastSeq()
        if end.seq > last {
            (text, isOurs) = ("\(place), but the store ends at \(last)", false)
        } else if let first = try reader.firstSeq(), end.seq < first {
            // What retention has removed, and left no trace of, cannot be compared.
            (text, isOurs) = ("\(place), which retention has removed", true)
        } else {
            (text, isOurs) = ("\(place), which the store cannot read; `newswire store verify` says why", false)
        }
    }
}
