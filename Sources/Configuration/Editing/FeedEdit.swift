package import FeedModel

/// `FeedEdit` is a change of feeds in the files that name them, judged before anything is written: the whole configuration
/// has to say afterwards what it says now, but for the change (contract.md §2.12).
package struct FeedEdit: Sendable {
    /// `Change` is what becomes of each of the feeds.
    package enum Change: Sendable {
        case remove
        /// Tags are compared without regard to case.
        case retag(adding: [String], removing: [String])
        /// The feed keeps its history, and is known by the ids that it had (`formerly`).
        case rename(to: FeedIdentifier)
    }

    /// `Failure` says why files were not changed.
    package enum Failure: Error, Sendable {
        /// Nothing was written. Each message is of one feed, and says what a person can do in place of it.
        case refused([String])
        /// A file could not be written; those before it were.
        case unwritten(String)
    }

    /// A file and what it is to hold.
    struct ChangedFile: Sendable {
        var name: String
        var old: [UInt8]
        /// nil where the file goes.
        var new: [UInt8]?
    }

    /// A table that the change is about.
    enum Table {
        case feed(FeedConfiguration)
        /// The rule is as it will be.
        case rule(FilterTable)
        /// The delivery is as it will be.
        case delivery(DeliveryFile)

        var source: SourcePlace {
            switch self {
            case .feed(let feed): feed.source
            case .rule(let rule): rule.source
            case .delivery(let delivery): delivery.place(of: "feeds")
            }
        }

        var name: String {
            switch self {
            case .feed(let feed): feed.id.text
            case .rule(let rule): "the rule \(rule.name)"
            case .delivery(let delivery): "the delivery \(delivery.name)"
            }
        }
    }

    private var files: [ChangedFile] = []
    /// The feeds are as they will be; those that go, as they were.
    package private(set) var feeds: [FeedConfiguration] = []
    /// The notes say what was left in the files that may have to go as well.
    package internal(set) var notes: [String] = []

    /// Works out what the files are to hold, and reads the whole configuration with that.
    ///
    /// - Parameters:
    ///   - feeds: some of those of the configuration.
    ///   - configuration: as it is now.
    ///   - known: the feeds of the state, as the configuration was loaded with.
    package init(
        _ change: Change, of feeds: [FeedConfiguration], in configuration: Configuration,
        environment: [String: String], known: [FeedIDResolver.Known]
    ) throws(Failure) {
        var expected = configuration
        var refusals: [String] = []
        let others =
            Self.rules(touchedBy: change, of: feeds, in: configuration, &refusals)
            + deliveries(touchedBy: change, of: feeds, in: configuration)
        let byFile = Dictionary(grouping: feeds.map(Table.feed) + others) { $0.source.file }
        for (name, tables) in byFile.sorted(by: { $0.key < $1.key }) {
            var file: ChangedFile
            do {
                let bytes = try FileReader.read(name, limit: LoadingState.Limit.fileBytes).bytes
                file = ChangedFile(name: name, old: bytes, new: bytes)
            } catch {
                refusals.append("\(name) \(error.message)")
                continue
            }
            // From the last to the first, so that the lines of the others stay what they are.
            for table in tables.sorted(by: { $0.source.line > $1.source.line }) {
                do throws(FeedTableEditor.Refusal) {
                    switch table {
                    case .feed(let feed): try apply(change, to: feed, &file, &expected, known)
                    case .rule(let rule): try setFeeds(of: rule, &file, &expected)
                    case .delivery(let delivery): try setFeeds(of: delivery, &file)
                    }
                } catch {
                    refusals.append("\(table.name) in \(table.source) is not changed: \(error.reason). \(error.advice)")
                }
            }
            files.append(file)
        }
        guard refusals.isEmpty else { throw .refused(refusals) }
        expected.bindFilters()
        if case .remove = change { notes += configuration.notes(ofRulesNaming: feeds) }
        try check(change, of: feeds, configuration, expected, environment, known)
    }

    private mutating func apply(
        _ change: Change, to feed: FeedConfiguration, _ file: inout ChangedFile, _ expected: inout Configuration,
        _ known: [FeedIDResolver.Known]
    ) throws(FeedTableEditor.Refusal) {
        guard file.name.hasSuffix(".toml") || Path.absolute(file.name) == expected.path else {
            throw FeedTableEditor.Refusal(
                reason: "\(file.name) is a list, of which newswire changes nothing", advice: "Change that line by hand."
            )
        }
        let editor = try FeedTableEditor(file.new ?? [], line: feed.source.line)
        let index = expected.feeds.firstIndex { $0.id == feed.id }
        switch change {
        case .remove:
            let rest = try editor.removing()
            file.new = rest.isEmptied ? nil : rest.bytes
            if let line = rest.comment {
                notes.append("the comment in \(file.name):\(line), above the table of \(feed.id), was left there")
            }
            if let index { expected.feeds.remove(at: index) }
            feeds.append(feed)
        case .retag(let adding, let removing):
            var changed = feed
            changed.tags = Self.tags(feed.tags, adding: adding, removing: removing)
            if changed.tags != feed.tags { file.new = try editor.setting("tags", to: TOMLText.list(changed.tags)) }
            if let index { expected.feeds[index].tags = changed.tags }
            feeds.append(changed)
        case .rename(let id):
            let places = known.filter { $0.id == id }.map(\.url)
            let form = FeedIDResolver.looseForm(feed.url)
            if !places.isEmpty, !feed.formerly.contains(id),
                !places.contains(where: { FeedIDResolver.looseForm($0) == form })
            {
                throw FeedTableEditor.Refusal(
                    reason: "the store knows \(id) as another feed, \(URLRedaction.redacted(places[0]))",
                    advice: "Choose another id: the articles of both would be those of one feed.")
            }
            // An id that the store does not know has no history, or has handed it on, and would be refused.
            let former = ([feed.id] + feed.formerly).filter { old in old != id && known.contains { $0.id == old } }
            var bytes = try editor.setting("id", to: TOMLText.quoted(id.text))
            if former != feed.formerly {
                bytes = try FeedTableEditor(bytes, line: feed.source.line)
                    .setting("formerly", to: TOMLText.list(former.map(\.text)))
            }
            file.new = bytes
            let renamed = feed.renamed(to: id, formerly: former)
            if let index { expected.feeds[index] = renamed }
            feeds.append(renamed)
        }
    }

    private static func tags(_ tags: [String], adding: [String], removing: [String]) -> [String] {
        var known = Set(removing.map(TagKey.init))
        let kept = tags.filter { known.insert(TagKey($0)).inserted }
        known.subtract(removing.map(TagKey.init))
        return kept + adding.filter { known.insert(TagKey($0)).inserted }
    }

    private func check(
        _ change: Change, of changed: [FeedConfiguration], _ now: Configuration, _ expected: Configuration,
        _ environment: [String: String],
        _ known: [FeedIDResolver.Known]
    ) throws(Failure) {
        let texts = Dictionary(files.map { ($0.name, $0.new) }, uniquingKeysWith: { first, _ in first })
        let after: Configuration
        do {
            after = try ConfigurationLoader.load(
                path: now.path, environment: environment, knownFeeds: { _ in known }, replacing: texts)
        } catch {
            throw .refused(
                error.diagnostics.filter { $0.severity == .error }.map { "with that change: \($0.description)" })
        }
        guard after != expected else { return }
        let messages = otherPlaces(of: changed, in: now, environment, known).map { feed, other in
            let written = other.url == feed.url ? "" : ", as \(URLRedaction.redacted(other.url))"
            return switch change {
            case .remove:
                "\(feed.id) would stay: \(other.source) names it, too\(written). Delete it there, and try again."
            case .retag: "\(other.source) names \(feed.id), too\(written), with tags of its own. Change them there."
            case .rename: "\(other.source) names \(feed.id), too\(written). Change it there."
            }
        }
        throw .refused(
            messages.isEmpty ? ["more than these feeds would be changed; change the files by hand"] : messages)
    }

    /// Where feeds would still stand if their tables were of other feeds: the lists, or tables, that name them once more.
    private func otherPlaces(
        of feeds: [FeedConfiguration], in now: Configuration, _ environment: [String: String],
        _ known: [FeedIDResolver.Known]
    ) -> [(feed: FeedConfiguration, other: FeedConfiguration)] {
        var texts = Dictionary(files.map { ($0.name, $0.old) }, uniquingKeysWith: { first, _ in first })
        for (index, feed) in feeds.enumerated() {
            let place = feed.source
            guard let text = texts[place.file], let editor = try? FeedTableEditor(text, line: place.line),
                let changed = try? editor.setting("url", to: TOMLText.quoted("https://feed-\(index).invalid/"))
            else { continue }
            texts[place.file] = changed
        }
        let others = try? ConfigurationLoader.load(
            path: now.path, environment: environment, knownFeeds: { _ in known }, replacing: texts)
        return feeds.flatMap { feed in (others?.feeds(at: feed.url) ?? []).map { (feed, $0) } }
    }

    /// Writes the files, each as a whole or not at all, with its owner and mode.
    package func write() throws(Failure) {
        for file in files where file.new != file.old {
            do throws(FileReplacement.Failure) {
                if let new = file.new {
                    try FileReplacement.replace(file.name, file.old, with: new)
                } else {
                    try FileReplacement.remove(file.name, file.old)
                }
            } catch {
                throw .unwritten(error.message)
            }
        }
    }
}

extension FeedConfiguration {
    /// The feed as it is under another id.
    fileprivate func renamed(to id: FeedIdentifier, formerly: [FeedIdentifier]) -> FeedConfiguration {
        var options = options
        options.formerly = formerly
        return FeedConfiguration(
            id: id, hasExplicitID: true, url: url, origin: origin, title: title, tags: tags, source: source,
            options: Shared(options))
    }
}
