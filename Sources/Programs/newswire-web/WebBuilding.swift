internal import Configuration
internal import Dispatch
internal import Ingestion
internal import Logging
internal import SearchIndex
internal import WebInterface
internal import newswire

/// The house with all its parts, made of a setup.
final class WebBuilding: Sendable {
    let house: WebHouse
    private let logger: Logger
    private let hasFollowed = DispatchSemaphore(value: 0)

    init(_ setup: WebSetup, _ logger: Logger) throws(CommandFailure) {
        let configuration = setup.configuration
        self.logger = logger
        let report: @Sendable (String) -> Void = { logger.warning("\($0)") }
        let search: ArticleSearch? =
            configuration.web.search
            ? ArticleSearch(
                folder: "\(setup.folder)/index", store: configuration.store.directory, clock: SystemClock.now)
            : nil
        do throws(WebFailure) {
            let parts = WebHouse.Parts(
                catalogue: FeedCatalogue(configuration, index: search),
                service: ServiceLink(environment: CommonOptions.environment), search: search,
                marks: AccountMarks(stateDirectory: setup.folder, report: report),
                numbers: try FeedNumbers(stateDirectory: setup.folder, report: report),
                readerKey: try GoogleReaderKey(stateDirectory: setup.folder, report: report),
                access: WebAccess(configuration.web, secrets: setup.secrets),
                intake: ListIntake(environment: CommonOptions.environment))
            house = WebHouse(configuration: configuration, parts: parts, logger: logger)
        } catch {
            throw CommandFailure(.ioError, "\(error.message); \(error.hint)")
        }
    }

    /// Keeps the index up to the store from here on, on a thread of its own.
    func follow() {
        guard let search = house.parts.search else {
            hasFollowed.signal()
            return
        }
        DispatchQueue(label: "newswire-web.index").async { [logger, hasFollowed] in
            search.follow { logger.warning("\($0)") }
            hasFollowed.signal()
        }
    }

    /// Takes what was read anew.
    func adopt(_ setup: WebSetup) {
        house.adopt(setup.configuration)
        house.parts.access.adopt(setup.configuration.web, secrets: setup.secrets)
    }

    /// Ends the index in order, as far as that takes no longer than a moment: it survives any end.
    func close() {
        house.parts.search?.close()
        _ = hasFollowed.wait(timeout: .now() + .seconds(5))
    }
}
