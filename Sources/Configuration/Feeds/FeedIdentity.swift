package import FeedModel

/// Which id each feed has: the one it was given, the one it is known by, or one made from its URL (contract.md §2).
package enum FeedIdentity {
    /// A feed as the configuration names it.
    package struct Candidate: Sendable {
        package var url: String
        /// The id that a person gave.
        package var id: FeedIdentifier?

        package init(url: String, id: FeedIdentifier?) {
            self.url = url
            self.id = id
        }
    }

    /// What the state holds: a feed's id with a URL of it, redacted. A feed that was permanently redirected has a
    /// second entry, with the target of that redirect.
    package typealias Known = (id: FeedIdentifier, url: String)

    /// An id for each candidate, in their order; no two alike but for those that were given twice. Does not depend
    /// on the order of the candidates.
    package static func assign(_ candidates: [Candidate], known: [Known] = []) -> [FeedIdentifier] {
        var ids = candidates.map(\.id)
        var taken = Set(ids.compactMap { $0 })
        let standard = standardNames(candidates)
        if !known.isEmpty {
            recognise(candidates, standard: standard, known: known, ids: &ids, taken: &taken)
            // A known id stands for another URL here: taking it would continue another feed's history.
            taken.formUnion(known.lazy.map(\.id))
        }
        for index in candidates.indices where ids[index] == nil {
            ids[index] = free(standard[index], url: candidates[index].url, taken: &taken)
        }
        // All are set by the loop above.
        return ids.map { $0 ?? FeedIdentifier("feed") }
    }

    /// For each candidate without a given or known id: ids of known feeds on its host that nothing is configured for
    /// any more. Naming one as `id = "…"` keeps that feed's history.
    package static func suggestions(
        _ candidates: [Candidate], ids: [FeedIdentifier], known: [Known]
    ) -> [(index: Int, ids: [FeedIdentifier])] {
        let configured = Set(ids)
        let knownIDs = Set(known.lazy.map(\.id))
        var orphans: [String: [FeedIdentifier]] = [:]
        var all: [FeedIdentifier] = []
        for entry in known where !configured.contains(entry.id) {
            let host = host(of: entry.url)
            let others = orphans[host, default: []]
            if others.count < 3, !others.contains(entry.id) { orphans[host] = others + [entry.id] }
            if !all.contains(entry.id), all.count < 2 { all.append(entry.id) }
        }
        guard !orphans.isEmpty else { return [] }
        let fresh = candidates.indices.filter { candidates[$0].id == nil && !knownIDs.contains(ids[$0]) }
        return fresh.compactMap { index in
            if let ids = orphans[host(of: candidates[index].url)] { return (index, ids) }
            // One that went and one that came may well be the same feed on a new host.
            return fresh.count == 1 && all.count == 1 ? (index, all) : nil
        }
    }

    private static func recognise(
        _ candidates: [Candidate], standard: [String], known: [Known], ids: inout [FeedIdentifier?],
        taken: inout Set<FeedIdentifier>
    ) {
        var exact: [String: [Int]] = [:]
        var loose: [String: [Int]] = [:]
        for index in candidates.indices where ids[index] == nil {
            let url = URLRedaction.redacted(candidates[index].url)
            exact[url, default: []].append(index)
            loose[looseForm(url), default: []].append(index)
        }
        func match(_ find: (Known) -> Int?) {
            for entry in known where !taken.contains(entry.id) {
                guard let index = find(entry) else { continue }
                ids[index] = entry.id
                taken.insert(entry.id)
            }
        }
        // URLs that differ only in a secret look alike in the state: the id itself tells them apart.
        match { entry in
            loose[looseForm(entry.url)]?.first { ids[$0] == nil && standard[$0] == entry.id.text }
        }
        match { entry in exact[entry.url]?.first { ids[$0] == nil } }
        match { entry in loose[looseForm(entry.url)]?.first { ids[$0] == nil } }
    }

    /// The name of each URL, with a suffix where two URLs have one name.
    private static func standardNames(_ candidates: [Candidate]) -> [String] {
        var names = candidates.map { $0.id == nil ? FeedNaming.name(for: $0.url) : "" }
        for isExact in [false, true] {
            var counts: [String: Int] = [:]
            for name in names where !name.isEmpty { counts[name, default: 0] += 1 }
            for index in names.indices where !names[index].isEmpty && counts[names[index], default: 0] > 1 {
                names[index] += "-" + FeedNaming.suffix(for: candidates[index].url, isExact: isExact)
            }
        }
        return names
    }

    private static func free(_ name: String, url: String, taken: inout Set<FeedIdentifier>) -> FeedIdentifier {
        var id = FeedIdentifier(name)
        if taken.contains(id) { id = FeedIdentifier("\(name)-\(FeedNaming.suffix(for: url))") }
        var number = 2
        while taken.contains(id) {
            id = FeedIdentifier("\(name)-\(number)")
            number += 1
        }
        taken.insert(id)
        return id
    }

    /// A redacted URL without what may change without making it another feed: http or https, `www.`, a slash at
    /// the end of the path.
    static func looseForm(_ url: String) -> String {
        guard !url.hasPrefix("file:"), let authority = WebURL.authority(of: url) else { return url }
        var host = authority.host.lowercased()
        if host.hasPrefix("www.") { host.removeFirst(4) }
        var result = host
        if let port = authority.port, !port.isEmpty, port != "80", port != "443" { result += ":\(port)" }
        let rest = url[authority.host.endIndex...]
        guard let start = rest.utf8.firstIndex(where: { "/?#".utf8.contains($0) }) else { return result }
        let end = rest[start...].utf8.firstIndex { "?#".utf8.contains($0) } ?? rest.endIndex
        var path = rest[start..<end]
        if path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        return result + path + rest[end...]
    }

    private static func host(of url: String) -> String {
        guard let authority = WebURL.authority(of: url) else { return "" }
        let host = authority.host.lowercased()
        return host.hasPrefix("www.") ? String(host.dropFirst(4)) : host
    }
}
