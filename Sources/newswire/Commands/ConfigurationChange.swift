internal import Configuration
internal import FeedModel
internal import Ingestion

/// What commands that change files of the configuration have in common.
enum ConfigurationChange {
    /// The date that stands in comments of new files.
    static var today: String { String(SystemClock.now().description.prefix(10)) }

    /// Does work from reading the files to writing them, while no other command changes any.
    static func exclusively<Value>(_ common: CommonOptions, _ work: () throws -> Value) throws -> Value {
        do {
            return try ConfigurationLock.hold(
                main: try common.path(),
                waiting: {
                    StandardError.write("newswire: waiting for another command that changes the configuration")
                },
                work)
        } catch let failure as ConfigurationLock.Failure {
            throw CommandFailure(failure.isBusy ? .inUse : .ioError, failure.message)
        }
    }

    /// Refuses to make a file in feeds.d/ that the configuration would not read.
    ///
    /// - Parameter action: in the words of `importing urls`.
    static func checkInclude(_ configuration: Configuration, _ action: String) throws(CommandFailure) {
        guard let line = FeedFile.missingInclude(in: configuration) else { return }
        StandardError.write(lines: [
            "newswire: \(configuration.path) does not include feeds.d/*.toml; write this line at its top, or add the"
                + " pattern to the list that is there, and try again:", "    \(line)",
        ])
        throw CommandFailure(.badConfiguration, "\(action): no file was written, as said above")
    }

    /// Reads the configuration with a file that is about to come, and says what looks wrong with that.
    ///
    /// - Parameter action: in the words of `importing urls`.
    static func loading(
        _ file: FeedFile, _ configuration: Configuration, _ known: [FeedIDResolver.Known], _ action: String
    ) throws -> Configuration {
        do throws(ConfigurationError) {
            let extended = try ConfigurationLoader.load(
                path: configuration.path, environment: CommonOptions.environment, knownFeeds: { _ in known },
                adding: (file.path, file.text))
            for warning in extended.warnings where warning.file == file.path {
                StandardError.write(warning.description)
            }
            return extended
        } catch {
            // Without the file nothing was wrong. A line of one that is not there helps nobody who looks for it.
            guard let first = error.diagnostics.first(where: { $0.severity == .error }) else { throw error }
            let message = first.file == file.path ? first.message : first.description
            throw CommandFailure(.usage, "\(action): \(message); no file was written")
        }
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
