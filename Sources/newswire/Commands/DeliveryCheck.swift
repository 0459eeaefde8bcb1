internal import ArticleStore
internal import Configuration

/// What `newswire check` says of the deliveries beside a configuration (contract.md §2.13).
struct DeliveryCheck {
    /// How many files describe one, of those that can be read.
    let count: Int
    /// What is wrong, or looks wrong, in the order of the files.
    let diagnostics: [Diagnostic]

    /// Reads all of `deliver.d`, with the rights of the process, and asks nobody for anything.
    ///
    /// - Parameter configuration: with the ids by which the store knows feeds.
    init(_ configuration: Configuration) {
        let (files, wrong) = DeliveryFolder(beside: configuration.path).files(isName: Cursors.isName)
        count = files.count
        diagnostics = wrong + files.flatMap { Self.review($0, configuration) }
    }

    private static func review(_ file: DeliveryFile, _ configuration: Configuration) -> [Diagnostic] {
        let delivery = DeliveryDescription(settings: file.settings, source: .file(file))
        var found: [Diagnostic] = []
        do throws(DeliveryProblem) {
            try delivery.check()
            _ = try delivery.requestOptions()
            // The unit's PATH, or a person's, may have more; a path is the same for all.
            _ = try delivery.program(environment: ["PATH": DeliveryCommand.standardPath])
        } catch {
            found.append(file.diagnostic(.error, error.key, error.message))
        }
        return found + configuration.checkReferences(of: file, environment: CommonOptions.environment)
            + configuration.review(file)
    }
}
