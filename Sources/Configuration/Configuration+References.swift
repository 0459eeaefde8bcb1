private import FeedModel

extension Configuration {
    /// Looks once at everything the feeds refer to: secrets, certificates, local documents. A feed whose reference is
    /// broken fails alone when it is polled, so `check` says so beforehand.
    package func checkReferences(environment: [String: String]) -> [Diagnostic] {
        var checker = ReferenceChecker(environment: environment)
        if let caFile = fetch.caFile {
            checker.checkFile(caFile, "[fetch] ca_file", SourcePlace(file: path, line: 1))
        }
        for feed in feeds where feed.enabled { checker.check(feed, inherited: fetch.caFile) }
        return checker.diagnostics
    }
}

private struct ReferenceChecker {
    let environment: [String: String]
    var diagnostics: [Diagnostic] = []

    mutating func check(_ feed: FeedConfiguration, inherited caFile: String?) {
        for (key, secret) in feed.secrets {
            do {
                // A private key has several lines.
                if key == "client_cert.key" {
                    _ = try secret.contents(environment: environment)
                } else {
                    _ = try secret.resolve(environment: environment)
                }
            } catch {
                append(.error, "[[feed]] \(key): \(error)", feed.source)
            }
        }
        if let cert = feed.clientCert?.cert { checkFile(cert, "[[feed]] client_cert.cert", feed.source) }
        if let own = feed.caFile, own != caFile { checkFile(own, "[[feed]] ca_file", feed.source) }
        if let path = feed.localPath, !ConfigurationPath.fileExists(path) {
            append(
                .warning, "[[feed]] url: there is no file \(path); a web address begins with https://", feed.source)
        }
    }

    mutating func checkFile(_ path: String, _ label: String, _ place: SourcePlace) {
        do {
            _ = try FileReader.read(path, limit: 64 << 20)
        } catch {
            append(.error, "\(label): \(path) \(error.message)", place)
        }
    }

    private mutating func append(_ severity: Diagnostic.Severity, _ message: String, _ place: SourcePlace) {
        diagnostics.append(Diagnostic(severity, file: place.file, line: place.line, message))
    }
}
