package import Archiving
package import Configuration
internal import Digest
internal import FeedModel
private import Locking
package import Logging

/// `PageArchive` keeps the pages that the service fetches as they came (docs/spec/fulltext.md §10), where `[fulltext] keep_pages`
/// says so. It never keeps a page from being stored, and touches no disk where nothing is to be kept. Any task may ask.
package final class PageArchive: Sendable {
    private struct State {
        /// Made by the first configuration: another folder takes a restart.
        var archive: Archive?
        var isOn = false
    }

    private let store: String
    private let version: String
    private let logger: Logger
    private let clock: PollClock
    private let state = Locked(State())

    /// Milliseconds between two looks at what may not stay.
    private static let look: Int64 = 600_000

    /// Keeps nothing before `adopt`.
    ///
    /// - Parameters:
    ///   - store: the store's folder.
    ///   - version: newswire's.
    package init(store: String, version: String, logger: Logger, clock: PollClock) {
        self.store = store
        self.version = version
        self.logger = logger
        self.clock = clock
    }

    /// Puts a configuration in force.
    package func adopt(_ configuration: Configuration) {
        let rules = ArchiveRules(configuration.archive)
        state.withLock { state in
            state.isOn = configuration.fullText.keepPages
            if let archive = state.archive { return archive.adopt(rules) }
            state.archive = Archive(
                at: configuration.archive.folder(store: store), rules, about: about(configuration), now: clock.now
            ) { [logger] event in
                logger.log(level: event.isExpected ? .notice : .warning, "\(event)")
            }
        }
    }

    /// What each file says first of who wrote it.
    private func about(_ configuration: Configuration) -> WARCFields {
        var fields = WARCFields()
        fields.add("software", "newswire/\(version)")
        fields.add("format", "WARC File Format 1.1")
        fields.add(
            "conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/")
        fields.add("operator", ifThere: configuration.contact)
        fields.add(
            "http-header-user-agent",
            "newswire/\(version)" + (configuration.contact.map { " (+\($0))" } ?? ""))
        return fields
    }

    /// How much is kept; nil where nothing is, and nothing is to be.
    package var figures: ArchiveFigures? {
        let (archive, isOn) = state.withLock { ($0.archive, $0.isOn) }
        guard let figures = archive?.figures, isOn || figures.files > 0 else { return nil }
        return figures
    }

    /// Returns when its task is cancelled. Until then it removes, now and then, what may not stay.
    package func run() async {
        while !Task.isCancelled {
            let (archive, isOn) = state.withLock { ($0.archive, $0.isOn) }
            archive?.tidy(trusted: clock.trusted, makesFolder: isOn)
            try? await clock.sleep(milliseconds: Self.look)
        }
    }

    /// Closes the file that is being written, as far as the disk does it in time.
    package func close() { state.withLock { $0.archive }?.close() }

    /// Keeps a page.
    ///
    /// - Parameters:
    ///   - found: what was found in it by the rules of today, and how sure it is, or why nothing was.
    ///   - article: the record of the article that links to it.
    ///   - part: which page of the article it is, from 1.
    /// - Returns: where it is, once it is durable; nil where it is not kept.
    func keep(
        _ page: FetchedPage, _ found: Result<PageContent, PageFailure>, of article: StoredRecord, part: Int = 1
    ) async -> ArchivePlace? {
        let archive = state.withLock { $0.isOn ? $0.archive : nil }
        guard let archive else { return nil }
        let records = await withTaskExecutorPreference(WorkerThreads.parsing) {
            // An optimised build sees no need to leave the thread before the first wait.
            @concurrent () async in
            await Task.yield()
            return KeptPage.records(page, found, of: article, part: part)
        }
        return await archive.append(records)
    }
}

extension ArchiveRules {
    init(_ settings: ArchiveSettings) {
        self.init(
            rotateBytes: UInt64(settings.rotateSize), rotateMilliseconds: settings.rotateTime.components.seconds * 1000,
            mostBytes: UInt64(settings.maxSize), keptSeconds: settings.retain.span)
    }
}
