/// `Diagnostic` is one thing that is wrong, or looks wrong, in the configuration.
package struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
    /// `Severity` tells what cannot be run from what only looks wrong.
    package enum Severity: String, Sendable {
        /// Nothing runs on a configuration with one.
        case error
        case warning
        /// Nothing is wrong: it says what could not be looked at.
        case note
    }

    /// The severity is the word before the message.
    package var severity: Severity
    /// The path of the file stands as people named it.
    package var file: String
    /// The line is counted from 1; nil where the whole file is meant.
    package var line: Int?
    /// The message says what is wrong and what to do about it, and never holds a secret.
    package var message: String

    package init(_ severity: Severity, file: String, line: Int?, _ message: String) {
        self.severity = severity
        self.file = file
        self.line = line
        self.message = message
    }

    /// Returns `FILE:LINE: error: MESSAGE`.
    package var description: String {
        guard let line else { return "\(file): \(severity.rawValue): \(message)" }
        return "\(file):\(line): \(severity.rawValue): \(message)"
    }
}

/// `SourcePlace` is a file and a line of it, where a value was written.
package struct SourcePlace: Sendable, Hashable, CustomStringConvertible {
    /// The path of the file stands as people named it.
    package var file: String
    /// The line is counted from 1.
    package var line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    package var description: String { "\(file):\(line)" }
}

/// `ConfigurationError` holds all that is wrong with a configuration that nothing may run on.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Errors and warnings are in the order of the files.
    package var diagnostics: [Diagnostic]
    /// What could be read of it is for commands that only want to know where the store is. Where that is not certain,
    /// `store.directory` is empty; nil where nothing could be read.
    package var readable: Configuration?
    /// The sources are the files that were read.
    package var sources: ConfigurationSources

    package init(
        diagnostics: [Diagnostic], readable: Configuration? = nil,
        sources: ConfigurationSources = ConfigurationSources()
    ) {
        self.diagnostics = diagnostics
        self.readable = readable
        self.sources = sources
    }

    /// Returns the first of the errors, which is what a single line has room for.
    package var first: String {
        let errors = diagnostics.filter { $0.severity == .error }
        return (errors.first ?? diagnostics.first).map(\.description) ?? "it is wrong"
    }

    /// Returns a line for each of them.
    package var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
