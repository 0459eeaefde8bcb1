internal import FeedModel
internal import Querying
private import Web

extension OptionKind where Value == WrittenQuery {
    /// A query of filters.md §1, as it may stand in a rule.
    static var query: Self {
        Self(
            read: { node, context in
                guard let text = context.text(node) else { return nil }
                do throws(QueryIssue) {
                    return try WrittenQuery(text)
                } catch {
                    context.error("\(error.place(in: text)): \(error.message)", at: node)
                    return nil
                }
            },
            text: { TOMLText.readable($0.text) })
    }
}

extension QueryIssue {
    /// The column in a query, and what stands there: a text of several lines, or with escapes, has other columns in the
    /// file.
    func place(in query: String) -> String {
        let rest = String(decoding: query.utf8.dropFirst(offset), as: UTF8.self)
        if rest.isEmpty { return "column \(column), at the end of the query" }
        return "column \(column), at \(OptionContext.shown(rest))"
    }
}

extension OptionKind where Value == [String] {
    /// Names of hosts, each once, by their keys (`HostKey`).
    static var hosts: Self {
        Self(
            read: { node, context in
                var hosts: [String] = []
                for (text, element) in context.texts(node, limit: 1000) ?? [] {
                    guard let host = HostKey.of(host: text) else {
                        context.error(
                            "\(OptionContext.shown(text)) is no host; write it as \"example.org\"", at: element)
                        continue
                    }
                    if !hosts.contains(host) { hosts.append(host) }
                }
                return hosts
            },
            text: { $0.isEmpty ? nil : TOMLText.list($0) })
    }
}

extension OptionKind where Value == [FeedIdentifier] {
    /// Ids of feeds, each once. URLs are taken as well, and refused when it is known which ids those feeds have.
    static var feedIDs: Self {
        Self(
            read: { node, context in
                var ids: [FeedIdentifier] = []
                var known: Set<FeedIdentifier> = []
                for (text, element) in context.texts(node, limit: 1000) ?? [] {
                    if let refusal = FeedName.refusal(text), !text.contains("://") {
                        context.error("\(OptionContext.shown(text)) is no id of a feed: it \(refusal)", at: element)
                    } else if known.insert(FeedIdentifier(text)).inserted {
                        ids.append(FeedIdentifier(text))
                    }
                }
                return ids
            },
            text: { TOMLText.list($0.map(\.text)) })
    }
}
