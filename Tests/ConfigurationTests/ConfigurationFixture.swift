import Configuration
import FeedModel
import TestSupport

/// A folder with a configuration in it.
struct ConfigurationFixture {
    let folder = TemporaryDirectory()
    var environment = ["HOME": "/home/somebody"]
    var known: [FeedIDResolver.Known] = []

    @discardableResult
    func write(_ text: String, to name: String, mode: UInt32 = 0o644) -> String {
        folder.write(text, to: name, mode: mode)
    }

    /// Loads `text` as the main file.
    func load(_ text: String) throws(ConfigurationError) -> Configuration {
        let path = write(text, to: "newswire.toml")
        return try ConfigurationLoader.load(path: path, environment: environment, knownFeeds: { _ in known })
    }

    /// What is wrong with `text`, a line each and without the folder; empty where nothing is.
    func errors(_ text: String) -> [String] {
        do {
            _ = try load(text)
            return []
        } catch {
            return shown(error.diagnostics.filter { $0.severity == .error })
        }
    }

    func warnings(_ text: String) throws(ConfigurationError) -> [String] {
        shown(try load(text).warnings)
    }

    func shown(_ diagnostics: [Diagnostic]) -> [String] {
        diagnostics.map { diagnostic in
            let prefix = folder.path + "/"
            let text = diagnostic.description
            return text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
        }
    }
}

/// A configuration that fetches one feed, with more lines of that feed's table.
func feed(_ lines: String) -> String {
    """
    contact = "https://example.org/bot"
    [[feed]]
    url = "https://example.org/feed.xml"
    \(lines)
    """
}
