package import FeedModel
import Web

/// `FeedIDResolver` finds the id of each feed: the one it was given, the one it is known by, or one made from its URL
/// (contract.md §2).
package enum FeedIDResolver {
    /// `Candidate` is a feed as the configuration names it.
    package struct Candidate: Sendable {
        /// The URL stands as it was configured.
        package var url: String
        /// The id is the one that a person gave; nil where nobody did.
        package var id: FeedIdentifier?

        package init(url: String, id: FeedIdentifier?) {
            self.url = url
            self.id = id
        }
    }

    /// `Known` is what the state holds of a feed: its id and its URL, redacted.
    ///
    /// A feed that was permanently redirected has a second entry behind that one, with the target of the redirect.
    package typealias Known = (id: FeedIdentifier, url: String)

    /// Returns an id for each candidate, in their order.
    ///
    /// No two are alike, but for ids that a person gave twice. The ids depend neither on the order of the candidates
    /// nor on that of the known feeds.
    package static func assign(_ candidates: [Candidate], known: [Known] = []) -> [FeedIdentifier] {
        var ids = candidates.map(\.id)
        var taken = Set(ids.compactMap { $0 })
        taken.reserveCapacity(candidates.count)
        var names = StandardNames(candidates)
        if !known.isEmpty {
            recognise(candidates, names: &names, known: known, ids: &ids, taken: &taken)
            // A known id stands for another URL here: taking it would continue another feed's history.
            taken.formUnion(known.lazy.map(\.id))
        }
        for index in candidates.indices where ids[index] == nil {
            ids[index] = free(names[index], url: candidates[index].url, taken: &taken)
        }
        // All are set by the loop above.
        return ids.map { $0 ?? FeedIdentifier("feed") }
    }

    private static func recognise(
        _ candidates: [Candidate], names: inout StandardNames, known: [Known], ids: inout [FeedIdentifier?],
        taken: inout Set<FeedIdentifier>
    ) {
        let movedIDs = repeated(known.lazy.map(\.id))
        for form: (String) -> String in [{ URLRedaction.redacted($0) }, { looseForm(URLRedaction.redacted($0)) }] {
            let free = candidates.indices.filter { ids[$0] == nil }
            let entries = known.filter { !taken.contains($0.id) }
            guard !free.isEmpty, !entries.isEmpty else { return }
            let forms = entries.map { form($0.url) }
            let candidateForms = free.map { form(candidates[$0].url) }
            let places = Dictionary(zip(candidateForms, free)) { first, _ in first }
            // Forms by which it is not clear which feed is which.
            var ambiguous = repeated(candidateForms).union(repeated(forms))
            for (entry, form) in zip(entries, forms) where movedIDs.contains(entry.id) { ambiguous.insert(form) }
            for (entry, form) in zip(entries, forms) where !ambiguous.contains(form) {
                guard let index = places[form] else { continue }
                ids[index] = entry.id
                taken.insert(entry.id)
            }
            if ambiguous.isEmpty { continue }
            let indexes = Dictionary(grouping: zip(candidateForms, free).filter { ambiguous.contains($0.0) }) { $0.0 }
            let doubtful = ordered(zip(entries, forms).filter { ambiguous.contains($0.1) }.map { ($0.0.id, $0.1) })
            // URLs that differ only in a secret look alike in the state: there the id itself tells them apart, by what
            // is made of the URL here or was in an earlier newswire.
            for isKnown: (inout StandardNames, Int, String) -> Bool in [
                { names, index, id in names[index] == id }, { names, index, id in names.isFirst(id, of: index) },
                { _, _, _ in true },
            ] {
                for entry in doubtful where !taken.contains(entry.id) {
                    let index = indexes[entry.url]?.first { _, index in
                        ids[index] == nil && isKnown(&names, index, entry.id.text)
                    }
                    guard let index = index?.1 else { continue }
                    ids[index] = entry.id
                    taken.insert(entry.id)
                }
            }
        }
    }

    /// Sorts known feeds by their ids, each feed's own URL before every redirect. Only the few that are not recognised
    /// at once are ever sorted.
    static func ordered(_ known: [Known]) -> [Known] {
        var met: Set<FeedIdentifier> = []
        let ranked = known.map { (isRedirect: !met.insert($0.id).inserted, entry: $0) }
        let sorted = ranked.sorted { left, right in
            left.isRedirect == right.isRedirect ? left.entry.id < right.entry.id : right.isRedirect
        }
        return sorted.map(\.entry)
    }

    /// The name of each URL, with a suffix where two URLs have one name. The names are made when one is first asked
    /// for: where all feeds are known, none is.
    private struct StandardNames {
        private let candidates: [Candidate]
        private lazy var names = make(.all)
        private lazy var firstNames = make(.first)

        init(_ candidates: [Candidate]) {
            self.candidates = candidates
        }

        subscript(index: Int) -> String {
            mutating get { names[index] }
        }

        /// Whether an earlier newswire gave the URL that id.
        mutating func isFirst(_ id: String, of index: Int) -> Bool { firstNames[index] == id }

        private func make(_ secrets: URLRedaction.Names) -> [String] {
            var names = candidates.map { $0.id == nil ? FeedNaming.name(for: $0.url, secrets) : "" }
            // Where the suffix of the redacted URLs is not enough, that of the whole URLs is.
            for isExact in [false, true] {
                let ambiguous = repeated(names.lazy.filter { !$0.isEmpty })
                guard !ambiguous.isEmpty else { break }
                for index in names.indices where ambiguous.contains(names[index]) {
                    names[index] += "-" + FeedNaming.suffix(for: candidates[index].url, isExact: isExact, secrets)
                }
            }
            return names
        }
    }

    /// The values that stand there more than once.
    private static func repeated<Value: Hashable>(_ values: some Collection<Value>) -> Set<Value> {
        var seen: Set<Value> = []
        seen.reserveCapacity(values.underestimatedCount)
        return Set(values.filter { !seen.insert($0).inserted })
    }

    private static func free(_ name: String, url: String, taken: inout Set<FeedIdentifier>) -> FeedIdentifier {
        var id = FeedIdentifier(name)
        if taken.insert(id).inserted { return id }
        id = FeedIdentifier("\(name)-\(FeedNaming.suffix(for: url))")
        var number = 2
        while !taken.insert(id).inserted {
            id = FeedIdentifier("\(name)-\(number)")
            number += 1
        }
        return id
    }

    /// Returns a redacted URL without what may change without making it another feed: http or https, `www.`, a slash at
    /// the end of the path.
    package static func looseForm(_ url: String) -> String {
        guard !url.hasPrefix("file:"), let parsed = try? WebURL(url) else { return url }
        let port = parsed.port == 80 || parsed.port == 443 ? "" : ":\(parsed.port)"
        let target = parsed.target
        let query = target.firstIndex(of: "?") ?? target.endIndex
        let path = target[..<query]
        let fragment = url.firstIndex(of: "#").map { url[$0...] } ?? ""
        return String(bareHost(of: parsed)) + port + (path.hasSuffix("/") ? path.dropLast() : path) + target[query...]
            + fragment
    }

    static func bareHost(of url: WebURL) -> Substring { bare(HostKey.of(url)) }

    /// Returns the name of a host without its `www.`.
    static func bare(_ host: String) -> Substring { host.hasPrefix("www.") ? host.dropFirst(4) : host[...] }
}
