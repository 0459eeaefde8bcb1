package import FeedModel
private import Text
private import Web

/// Which feed of the store a new one may be, at another URL (contract.md §2.6).
extension FeedIDResolver {
    /// Returns for candidates that nobody knows the known feeds that are not configured any more and that they may well be.
    ///
    /// Naming the id of one of them keeps that feed's history. Whoever follows it must never give one publisher's history
    /// to another: on one host only the words in path and query that speak of feeds may differ, and another host may
    /// differ in nothing but its top-level domain, where one feed has gone and one has come.
    package static func suggestions(
        _ candidates: [Candidate], ids: [FeedIdentifier], known: [Known]
    ) -> [(index: Int, known: [Known])] {
        let configured = Set(ids)
        let orphans = ordered(known.filter { !configured.contains($0.id) })
        guard !orphans.isEmpty else { return [] }
        let knownIDs = Set(known.lazy.map(\.id))
        let fresh = candidates.indices.filter { candidates[$0].id == nil && !knownIDs.contains(ids[$0]) }
        guard !fresh.isEmpty else { return [] }
        let subjects = orphans.map { Subject($0.url) }
        let isOneForOne = fresh.count == 1 && Set(orphans.lazy.map(\.id)).count == 1
        let places = Dictionary(grouping: orphans.indices) { subjects[$0] }
        return fresh.compactMap { index in
            let subject = Subject(URLRedaction.redacted(candidates[index].url))
            var met: Set<FeedIdentifier> = []
            let alike = (places[subject] ?? []).map { orphans[$0] }.filter { met.insert($0.id).inserted }
            if !alike.isEmpty { return (index, Array(alike.prefix(3))) }
            guard isOneForOne, let moved = orphans.indices.first(where: { subject.isBeside(subjects[$0]) }) else {
                return nil
            }
            return (index, [orphans[moved]])
        }
    }

    /// What a URL says of whose feed it is, and what about.
    private struct Subject: Hashable {
        /// The host without `www.`, and its port where that is not the usual one; empty for a local file.
        private let host: String
        private let port: UInt16
        /// The words of path and query, but for those that stand in the URL of any feed.
        private let words: [String]

        init(_ url: String) {
            let parsed = try? WebURL(url)
            host = parsed.map { String(bareHost(of: $0)) } ?? ""
            port = parsed.map { $0.port == 443 ? 80 : $0.port } ?? 0
            let target = parsed.map { String($0.target) } ?? url
            words = target.utf8
                .split { $0 < 0x80 && !$0.isASCIIAlphanumeric }
                .map { String(decoding: $0, as: UTF8.self).lowercased() }
                .filter { !Self.feedWords.contains($0) }
        }

        /// Whether the other one is of the same name in another top-level domain.
        func isBeside(_ other: Subject) -> Bool {
            guard words == other.words, port == other.port, let name, let otherName = other.name else { return false }
            return name == otherName
        }

        /// The host without its last label; nil for an address, a local file, or a single label.
        private var name: Substring? {
            guard let dot = host.lastIndex(of: "."), dot > host.startIndex, !host.contains(":") else { return nil }
            return host[host.index(after: dot)...].first?.isNumber == false ? host[..<dot] : nil
        }

        private static let feedWords: Set<String> = [
            "all", "articles", "asp", "aspx", "atom", "atom10", "blog", "default", "en", "feed", "feeds", "format",
            "htm",
            "html", "index", "json", "latest", "main", "new", "news", "old", "php", "posts", "rdf", "rss", "rss2",
            "rss20",
            "type", "xml",
        ]
    }
}
