internal import Configuration

/// Where a person has described a delivery: what options are called there, and what a mistake in one is.
enum DeliverySource {
    case commandLine
    case file(DeliveryFile)

    /// Keys whose options are called otherwise: they may be repeated, where a file has one list.
    private static let repeated = ["feeds": "feed", "tags": "tag", "headers": "header"]

    /// The option of a key (`DeliverySettings`), in the words of the person: `--smtp-user` or `smtp_user`.
    func name(_ key: String) -> String {
        guard case .commandLine = self else { return key }
        if key == "command" { return "a command after --" }
        return "--\(Self.repeated[key, default: key].replacing("_", with: "-"))"
    }

    /// An option with its value, as the person would write it: `--batch 1` or `batch = 1`.
    func setting(_ key: String, _ value: Int) -> String {
        if case .commandLine = self { return "\(name(key)) \(value)" }
        return "\(key) = \(value)"
    }

    /// How it is written where a secret is found.
    var secretForms: String {
        switch self {
        case .commandLine: "file:PATH, credential:NAME or env:NAME"
        case .file: "{ file = \"PATH\" }, { credential = \"NAME\" } or { env = \"NAME\" }"
        }
    }

    /// What ends a command: wrong usage of the command line, or a wrong configuration with file and line.
    func error(_ problem: DeliveryProblem) -> any Error {
        switch self {
        case .commandLine: CommandFailure(.usage, "delivering: \(problem.message)")
        case .file(let file):
            ConfigurationError(diagnostics: [file.diagnostic(.error, problem.key, problem.message)])
        }
    }

    /// The same of a failure that blames the command line, where that was not what the person wrote.
    func error(_ failure: CommandFailure) -> CommandFailure {
        guard case .file(let file) = self, failure.status == .usage else { return failure }
        return CommandFailure(.badConfiguration, "\(file.path): \(failure.message)")
    }
}

/// What is wrong with the description of a delivery.
struct DeliveryProblem: Error, Equatable {
    /// The key of an option to change (`DeliverySettings`).
    let key: String
    /// A sentence without a full stop, in which options are called as `DeliverySource.name` has them.
    let message: String

    init(_ key: String, _ message: String) {
        self.key = key
        self.message = message
    }
}
