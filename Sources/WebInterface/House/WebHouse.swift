package import ArticleStore
package import Configuration
internal import Locking
package import Logging
package import SearchIndex

/// `WebHouse` is what handlers work with: the configuration of the moment, the store, the index, and what is known of
/// feeds and accounts. All of it may be used by any thread.
package final class WebHouse: Sendable {
    /// `Parts` are what lives as long as the program does.
    package struct Parts: Sendable {
        package var catalogue: FeedCatalogue
        package var service: ServiceLink
        /// Nil where `[web] search` is false.
        package var search: ArticleSearch?
        package var marks: AccountMarks
        package var numbers: FeedNumbers
        /// Signs logins in the Google Reader dialect.
        package var readerKey: GoogleReaderKey
        package var access: WebAccess
        package var intake: ListIntake

        package init(
            catalogue: FeedCatalogue, service: ServiceLink, search: ArticleSearch?, marks: AccountMarks,
            numbers: FeedNumbers, readerKey: GoogleReaderKey = GoogleReaderKey(), access: WebAccess = WebAccess(),
            intake: ListIntake = ListIntake(environment: [:])
        ) {
            self.catalogue = catalogue
            self.service = service
            self.search = search
            self.marks = marks
            self.numbers = numbers
            self.readerKey = readerKey
            self.access = access
            self.intake = intake
        }
    }

    private let current: Locked<Configuration>
    package let parts: Parts
    package let logger: Logger
    package let metrics = WebMetrics()
    /// What was stored of late, counted as pages ask for it.
    package let activity = ArticleActivity()
    /// What was counted of entries last.
    let totals = Locked<EntryTotals?>(nil)
    /// What readers were told of feeds last.
    let readerLists = Locked<ReaderLists?>(nil)

    package init(configuration: Configuration, parts: Parts, logger: Logger) {
        current = Locked(Self.withoutFeeds(configuration))
        self.parts = parts
        self.logger = logger
    }

    /// As it was read last, without feeds: the catalogue has them, by the ids that they have in the store.
    package var configuration: Configuration { current.withLock { $0 } }

    /// Takes a configuration that was read anew.
    package func adopt(_ configuration: Configuration) {
        current.withLock { $0 = Self.withoutFeeds(configuration) }
        parts.catalogue.adopt(configuration)
    }

    private static func withoutFeeds(_ configuration: Configuration) -> Configuration {
        var configuration = configuration
        configuration.feeds = []
        return configuration
    }

    /// Opens the store for one request; where there is none yet, it says so.
    package func reader() throws(WebFailure) -> StoreReader {
        let directory = configuration.store.directory
        do throws(StoreError) {
            if let reader = try StoreReader.ifThere(directory: directory) { return reader }
        } catch {
            throw WebFailure(503, "opening the store: \(error)", hint: "`newswire store verify` looks at it.")
        }
        throw WebFailure(503, "there is no store at \(directory) yet", hint: "The service makes it when it starts.")
    }
}
