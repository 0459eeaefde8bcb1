internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Querying

/// What a shell offers behind a command that is being typed. It is asked for by the scripts that
/// `--generate-completion-script` writes; where nothing can be read, nothing is offered.
enum Completions {
    /// The ids of the configured feeds.
    static let feeds = CompletionKind.custom { words, _, _ in
        shown(configuration(words)?.feeds.map(\.id.text) ?? [])
    }

    /// The tags of the configured feeds.
    static let tags = CompletionKind.custom { words, _, _ in
        shown(configuration(words)?.feeds.flatMap(\.tags) ?? [])
    }

    /// The tags of the configured feeds, and the labels that rules give.
    static let tagsAndLabels = CompletionKind.custom { words, _, _ in
        let configuration = configuration(words)
        return shown((configuration?.feeds.flatMap(\.tags) ?? []) + (configuration?.filters.labels ?? []))
    }

    /// The names of the rules.
    static let rules = CompletionKind.custom { words, _, _ in
        shown(configuration(words)?.filters.rules.map(\.name) ?? [])
    }

    /// Feeds, and tags with + and - before them.
    static let feedsAndTags = CompletionKind.custom { words, index, _ in
        let configuration = configuration(words)
        let sign = words.indices.contains(index) ? words[index].prefix { $0 == "+" || $0 == "-" } : ""
        guard sign.isEmpty else { return shown(configuration?.feeds.flatMap(\.tags).map { sign + $0 } ?? []) }
        return shown(configuration?.feeds.map(\.id.text) ?? [])
    }

    /// The names of the consumers that the store knows.
    static let consumers = CompletionKind.custom { words, _, _ in
        shown(configuration(words).map(consumers) ?? [])
    }

    /// The same, and those whose deliveries are described beside the configuration.
    static let deliveries = CompletionKind.custom { words, _, _ in
        guard let configuration = configuration(words) else { return [] }
        let described = (try? DeliveryFolder(beside: configuration.path).names()) ?? []
        return shown(consumers(configuration) + described)
    }

    private static func consumers(_ configuration: Configuration) -> [String] {
        (try? Cursors(directory: configuration.store.directory).list())?.map(\.name) ?? []
    }

    /// The configuration that the command would read, with the ids by which the store knows feeds.
    private static func configuration(_ words: [String]) -> Configuration? {
        var common = CommonOptions()
        common.config = file(in: words)
        common.logLevel = nil
        return try? common.loadWithKnownFeeds()
    }

    /// What stands behind `--config`.
    static func file(in words: [String]) -> String? {
        if let word = words.first(where: { $0.hasPrefix("--config=") }) { return String(word.dropFirst(9)) }
        guard let index = words.firstIndex(of: "--config"), index + 1 < words.count else { return nil }
        return words[index + 1].isEmpty ? nil : words[index + 1]
    }

    private static func shown(_ words: [String]) -> [String] {
        let words = Set(words.map(SafeText.line)).sorted()
        // There a colon begins what is said of a word.
        return CompletionShell.requesting == .zsh ? words.map { $0.replacing(":", with: "\\:") } : words
    }
}
