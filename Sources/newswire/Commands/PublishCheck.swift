internal import Configuration

/// What `newswire check` says of the tables of `[publish]`. It asks no bus for anything.
struct PublishCheck {
    /// What is wrong, or looks wrong, in the order of the tables.
    let diagnostics: [Diagnostic]

    /// - Parameter configuration: with the ids by which the store knows feeds.
    init(_ configuration: Configuration) {
        let folder = DeliveryFolder(beside: configuration.path)
        var found = configuration.checkReferencesOfPublications(environment: CommonOptions.environment)
        for publication in configuration.publications {
            found += configuration.review(publication)
            if let file = folder.file(of: publication.name) {
                found.append(
                    publication.diagnostic(
                        .error, "",
                        "is a delivery as well, in \(file), and both would move its cursor; give one another name"))
            }
        }
        diagnostics = found
    }
}
