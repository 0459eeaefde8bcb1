/// One thing that is wrong, or looks wrong, in the configuration: where it stands and what to do about it.
///
/// The message never holds a secret.
package struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        /// Nothing runs on a configuration with one.
        case error
        case warning
    }

    package var severity: Severity
    /// The path of the file, as people named it.
    package var file: String
    /// Counted from 1; nil where the whole file is meant.
    package var line: Int?
    package var message: String

    package init(_ severity: Severity, file: String, line: Int?, _ message: String) {
        self.severity = severity
        self.file = file
        self.line = line
        self.message = message
    }

    /// `FILE:LINE: error: MESSAGE`.
    package var description: String {
        guard let line else { return "\(file): \(severity.rawValue): \(message)" }
        return "\(file):\(line): \(severity.rawValue): \(message)"
    }
}

/// A file and a line of it: where a value was written.
package struct SourcePlace: Sendable, Hashable, CustomStringConvertible {
    package var file: String
    /// Counted from 1.
    package var line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    package var description: String { "\(file):\(line)" }
}

/// A configuration that nothing may run on, with all that is wrong with it.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Errors and warnings, in the order of the files.
    package var diagnostics: [Diagnostic]

    package init(diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }

    /// One line each.
    package var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
