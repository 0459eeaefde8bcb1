/// A command for Redis: where its words stand, and how long they are. It is made once and filled anew for each message of a
/// batch, since making it anew would cost more than sending it.
struct RedisCommand {
    /// Words that nobody else keeps, one behind the other.
    private var own: [UInt8] = []
    /// Of each word where it begins, nil for one of `own`, which moves while that grows.
    private var pointers: [UnsafePointer<CChar>?] = []
    private var lengths: [Int] = []

    init() {}

    init(_ words: [String]) {
        for word in words { add(word) }
    }

    mutating func removeAll() {
        own.removeAll(keepingCapacity: true)
        pointers.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
    }

    mutating func add(_ word: StaticString) {
        add(UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    /// - Parameter word: stays where it is until the command is sent.
    mutating func add(_ word: UnsafeRawBufferPointer) {
        // An empty word has to have a place as well, or it would be taken for one of `own`.
        guard let start = word.baseAddress else { return add("") }
        pointers.append(start.assumingMemoryBound(to: CChar.self))
        lengths.append(word.count)
    }

    mutating func add(_ word: String) {
        let before = own.count
        own.append(contentsOf: word.utf8)
        pointers.append(nil)
        lengths.append(own.count - before)
    }

    /// Calls `body` with the words, which are there only as long as the call lasts.
    mutating func withWords<Result>(_ body: (inout [UnsafePointer<CChar>?], [Int]) -> Result) -> Result {
        own.withUnsafeBytes { own in
            let base = own.baseAddress?.assumingMemoryBound(to: CChar.self)
            var place = 0
            var words = pointers
            for index in words.indices where words[index] == nil {
                words[index] = base.map { $0 + place }
                place += lengths[index]
            }
            return body(&words, lengths)
        }
    }
}
