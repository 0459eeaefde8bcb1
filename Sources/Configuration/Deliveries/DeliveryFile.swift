private import FeedModel

/// `DeliveryFile` is `deliver.d/NAME.toml` as a person wrote it: how the consumer NAME gets its articles (contract.md §2.13).
package struct DeliveryFile: Sendable {
    /// A delivery needs a few lines.
    private static let mostBytes = 1 << 20

    /// The name is the consumer's, which is that of the file without its ending.
    package let name: String
    /// The path is as messages have it.
    package let path: String
    /// What it says of the delivery; each path in it is absolute.
    package internal(set) var settings: DeliverySettings
    /// The lines in which its keys stand.
    private let lines: [String: Int]

    /// Reads and checks the file, and throws all that is wrong with its keys and values. Whether these go together is for the
    /// delivery to say. It waits for the file system.
    package init(_ path: String, of name: String) throws(ConfigurationError) {
        let bytes: [UInt8]
        do throws(FileReader.Failure) {
            bytes = try FileReader.read(path, limit: Self.mostBytes).bytes
        } catch {
            let message = "the delivery \(error.message)"
            throw ConfigurationError(diagnostics: [Diagnostic(.error, file: path, line: nil, message)])
        }
        try self.init(bytes, at: path, of: name)
    }

    /// Reads a text as the file of that path.
    init(_ bytes: [UInt8], at path: String, of name: String) throws(ConfigurationError) {
        let file = ConfigurationFile(name: path)
        let state = LoadingState(environment: [:])
        var settings = DeliverySettings()
        var lines: [String: Int] = [:]
        do throws(TOMLDocument.SyntaxError) {
            if let root = try TOMLDocument(bytes).root {
                TableReader(file: file, state: state).read(root, into: &settings)
                for child in root.children { lines[child.key] = child.keyLine }
                for key: StaticString in ["feeds", "tags"] {
                    // Whoever writes a list means some feeds. A program that has none to write must not get all of them.
                    guard let list = root.member(key), list.kind == .array, list.count == 0 else { continue }
                    state.error(
                        "\(key): is empty; without it, articles of all feeds come", at: file.place(list.keyLine))
                }
            }
        } catch {
            state.error(SyntaxMessage.text(error, in: bytes), at: file.place(error.line))
        }
        for url in (settings.feeds ?? []) where FeedName.refusal(url.text) != nil {
            state.error(
                "feeds: \(TOMLText.quoted(URLRedaction.redacted(url.text))) is a URL; write the id of its feed; `newswire "
                    + "feeds` lists them", at: file.place(lines["feeds"] ?? 1))
        }
        guard !state.hasErrors else { throw ConfigurationError(diagnostics: state.finish(file: path)) }
        self.name = name
        self.path = path
        self.settings = settings
        self.lines = lines
    }

    /// Where a key stands that is there.
    func place(of key: String) -> SourcePlace { SourcePlace(file: path, line: lines[key] ?? 1) }

    /// Returns what is to be said of a key, at its line; of the whole file where it has no such key.
    package func diagnostic(_ severity: Diagnostic.Severity, _ key: String, _ message: String) -> Diagnostic {
        Diagnostic(severity, file: path, line: lines[key], message)
    }
}
