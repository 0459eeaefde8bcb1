/// A file of articles, named by the number of its first record; or what retention has left of one, in a file of the same
/// name.
struct Segment: Equatable, Sendable {
    var firstSeq: UInt64
    var path: String

    init(firstSeq: UInt64, in directory: StoreDirectory) {
        self.init(firstSeq: firstSeq, folder: directory.articles)
    }

    init(firstSeq: UInt64, folder: String) {
        self.firstSeq = firstSeq
        let digits = String(firstSeq)
        path = "\(folder)/\(String(repeating: "0", count: 20 - digits.count))\(digits).jsonl"
    }

    /// All segments in order. Files with other names are not newswire's.
    static func all(in directory: StoreDirectory) throws(StoreError) -> [Segment] {
        try all(folder: directory.articles)
    }

    /// What is left of removed segments, in order, each file of one or more of them; with that of segments whose removal
    /// was cut short, and without files that others have taken in (`IdentityFiles`).
    static func identities(in directory: StoreDirectory) throws(StoreError) -> [Segment] {
        var result: [Segment] = []
        for segment in try all(folder: directory.identities) {
            if let before = result.last, try before.hasTakenIn(segment) { continue }
            result.append(segment)
        }
        return result
    }

    /// The first number of the segment behind one of them; `.max` behind the last.
    static func next(after segment: Segment, in segments: [Segment]) -> UInt64 {
        guard let place = segments.firstIndex(of: segment), place + 1 < segments.count else { return .max }
        return segments[place + 1].firstSeq
    }

    static func all(folder: String) throws(StoreError) -> [Segment] {
        var result: [Segment] = []
        for name in try fileNames(in: folder) {
            let name = name.utf8
            guard name.count == 26, name.suffix(6).elementsEqual(".jsonl".utf8),
                name.prefix(20).allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let seq = UInt64(String(decoding: name.prefix(20), as: UTF8.self)), seq > 0,
                seq <= StorePosition.highestSeq
            else { continue }
            result.append(Segment(firstSeq: seq, folder: folder))
        }
        result.sort { $0.firstSeq < $1.firstSeq }
        return result
    }
}
