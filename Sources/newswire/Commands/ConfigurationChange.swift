internal import Configuration
internal import FeedModel
internal import Ingestion

/// What commands that change files of the configuration have in common.
enum ConfigurationChange {
    /// The date that stands in comments of new files.
    static var today: String { String(SystemClock.now().description.prefix(10)) }

    /// - Returns: whether the configuration has the feed, now that the file is there.
    static func sayIfNotIncluded(_ url: String, _ file: FeedFile, _ configuration: Configuration) throws -> Bool {
        let now = try ConfigurationLoader.load(path: configuration.path, environment: CommonOptions.environment)
        if now.feeds.contains(where: { $0.url == url }) { return true }
        StandardError.write(lines: [
            "newswire: \(configuration.path) does not include \(file.path) yet; write this line at its top, or add the"
                + " pattern to the list that is there:", "    include = [\"feeds.d/*.toml\"]",
        ])
        return false
    }

    /// A service that runs on the store takes the files as they are now.
    ///
    /// - Returns: whether one runs.
    @discardableResult
    static func tellService(_ configuration: Configuration) throws(CommandFailure) -> Bool {
        guard let service = try ServiceSession.open(configuration) else { return false }
        _ = try service.reload { StandardError.write($0) }
        return true
    }
}
