/// Reads a configuration with all the files that it includes (contract.md §2).
package enum ConfigurationLoader {
    /// Reads and checks everything, and throws all that is wrong, not only what is wrong first.
    ///
    /// Secrets are not read: `Configuration.checkReferences` does that, and each use.
    /// - Parameter path: the main file.
    /// - Parameter known: the feeds of the state, by which feeds without an id keep theirs (see `FeedIdentity`).
    /// - Parameter addition: a file of `[[feed]]` tables that is about to be included: its name and its text.
    package static func load(
        path: String, environment: [String: String], knownFeeds known: [FeedIdentity.Known] = [],
        adding addition: (name: String, text: String)? = nil
    ) throws(ConfigurationError) -> Configuration {
        let state = LoadingState(environment: environment)
        let file = ConfigurationFile(name: path)
        var reader = FileTreeReader(state: state)
        reader.readMain(file)
        if let addition { reader.readAddition(Array(addition.text.utf8), named: addition.name) }
        let configuration = ConfigurationAssembler(file: file, state: state, known: known).assemble()
        let diagnostics = state.finish(file: file.name)
        guard !state.hasErrors, var configuration else { throw ConfigurationError(diagnostics: diagnostics) }
        configuration.warnings = diagnostics
        return configuration
    }
}
