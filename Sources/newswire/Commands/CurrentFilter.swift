internal import ArticleStore
internal import Configuration
internal import FeedModel

/// `CurrentFilter` is the filter of who reads for long, which goes by the configuration as it is when records are read: feeds
/// get other ids, and rules change (contract.md §4).
///
/// The service stores under a new id, or by other rules, only after the files have changed that say so. So whoever looks at
/// them after it has seen how far the store goes, and reads no further than that, judges no record by what was before.
struct CurrentFilter {
    /// Why the filter cannot be made anew: no record may be judged by the one that there is.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        fileprivate let status: ExitStatus
    }

    var filter: DumpFilter
    private let path: String
    /// Where the store is that is read, whatever a changed configuration says.
    private let directory: String
    private let environment: [String: String]
    private var sources: ConfigurationSources
    /// What came of the files as they are, where they are wrong.
    private var failure: Failure?

    /// - Parameters:
    ///   - filter: made from that configuration.
    ///   - environment: with which the configuration was loaded.
    init(_ filter: DumpFilter, _ configuration: Configuration, environment: [String: String]) {
        self.filter = filter
        self.environment = environment
        path = configuration.path
        directory = configuration.store.directory
        sources = configuration.sources
    }

    /// Returns how far records may be read before the next `renew`.
    func end(of reader: StoreReader) throws(StoreError) -> UInt64 {
        filter.followsConfiguration ? try reader.lastSeq() : .max
    }

    /// Makes the filter anew where the files of the configuration are not those that it was made from. To be called between
    /// `end` and the reading.
    ///
    /// - Returns: whether it was made anew.
    /// - Throws: where the files are wrong, again and again until they are not; not where only how long articles wait for
    ///   their pages would be another: then they wait by what was before.
    mutating func renew() throws(Failure) -> Bool {
        guard filter.followsConfiguration else { return false }
        guard sources.haveChanged() else {
            if let failure { throw failure }
            return false
        }
        do {
            var configuration = try ConfigurationLoader.load(path: path, environment: environment)
            let loaded = configuration.sources
            configuration.store.directory = directory
            try filter.renew(by: configuration)
            sources = loaded
            failure = nil
            return true
        } catch let error as ConfigurationError {
            sources = error.sources
            guard filter.dependsOnConfiguration else { return false }
            throw fail(
                "the configuration has changed, and is wrong: \(error.first); `newswire check` says all",
                .badConfiguration)
        } catch {
            // Whatever it is, the next look tries again.
            sources = ConfigurationSources()
            guard filter.dependsOnConfiguration else { return false }
            throw fail(
                "the configuration has changed, and what the store knows of feeds cannot be read: \(error)", .ioError)
        }
    }

    private mutating func fail(_ reason: String, _ status: ExitStatus) -> Failure {
        let failure = Failure(
            description: "\(reason); until then no article is passed by",
            status: status)
        self.failure = failure
        return failure
    }
}

extension CommandFailure {
    /// The end of a command that does not wait until its filter can be made anew.
    init(_ failure: CurrentFilter.Failure) { self.init(failure.status, "\(failure)") }
}

extension DumpFilter {
    /// Whether what it lets through depends on the ids that feeds have, or on rules. The store alone says what tags records
    /// have.
    var dependsOnConfiguration: Bool { !feeds.isEmpty || match?.namesFeeds == true || ruling != nil }

    /// Whether it is made anew where the configuration has changed: that also says which feeds have pages to wait for.
    fileprivate var followsConfiguration: Bool { dependsOnConfiguration || fullText?.wait != nil }

    /// Takes in the ids that feeds have now, and the rules of today. A feed that was asked for goes on to be, whatever its id
    /// and whether it is still configured.
    fileprivate mutating func renew(by configuration: Configuration) throws {
        let known = StoredFeeds(configuration)
        let states = try known.states()
        feeds = try known.withOtherIDs(feeds)
        fullText = fullText?.renewed(by: configuration.recognising(states.knownFeeds))
        if let match {
            self.match = match.renewed(FeedNames(configuration.recognising(states.knownFeeds), states: states))
        }
        if ruling != nil { ruling = try RecordRuling(configuration, states: states, "asking today's rules") }
    }
}
