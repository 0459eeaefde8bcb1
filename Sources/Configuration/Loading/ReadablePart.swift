private import FeedModel

/// What can be had of a configuration that is wrong, for commands that only want to know where the store is.
extension ConfigurationLoader {
    /// How many times the main file is cut shorter where it is no TOML, until what stands before is.
    private static let mostCuts = 20

    /// - Parameter state: what was gathered while the files were read, reported already.
    static func readablePart(of file: ConfigurationFile, _ state: LoadingState) -> Configuration? {
        guard let text = state.brokenMain else { return readablePart(of: file, state, behind: []) }
        var head = text.bytes[...]
        var line = text.line
        for _ in 0..<mostCuts {
            head = lines(before: line, of: head)
            let state = LoadingState(environment: state.environment)
            var reader = FileTreeReader(state: state, [:])
            reader.read(Array(head), ofMain: file)
            guard let next = state.brokenMain?.line else {
                return readablePart(of: file, state, behind: text.bytes[head.endIndex...])
            }
            line = min(line - 1, next)
        }
        return nil
    }

    /// - Parameter rest: what stands in the main file behind that which was read.
    private static func readablePart(
        of file: ConfigurationFile, _ state: LoadingState, behind rest: ArraySlice<UInt8>
    ) -> Configuration? {
        guard state.isMainRead else { return nil }
        var store = state.store
        if !state.isStoreCertain || store.directory.isEmpty && mentionsDirectory(rest) {
            store.directory = storeTable(of: rest, file, state.environment)?.directory ?? ""
        } else if store.directory.isEmpty {
            store.directory = StoreLocation.standard(configuration: file.path, environment: state.environment) ?? ""
        }
        return ConfigurationAssembler(file: file, state: state).assemble(store, [])
    }

    /// What the one `[store]` table of a text says that cannot be read as a whole: nil where it has a mistake itself, or may
    /// be a part of a text of several lines.
    private static func storeTable(
        of text: ArraySlice<UInt8>, _ file: ConfigurationFile, _ environment: [String: String]
    ) -> StoreSettings? {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        func first(_ line: ArraySlice<UInt8>) -> UInt8? { line.first { $0 > 0x20 } }
        let headers = lines.indices.filter { lines[$0].filter { $0 > 0x20 } == Array("[store]".utf8) }
        let whole = String(decoding: text, as: UTF8.self)
        guard headers.count == 1, !whole.contains("\"\"\""), !whole.contains("'''") else { return nil }
        let rest = lines[(headers[0] + 1)...]
        let table = rest.prefix { first($0) != UInt8(ascii: "[") }
        let state = LoadingState(environment: environment)
        var reader = FileTreeReader(state: state, [:])
        reader.read(Array("[store]\n".utf8) + Array(table.joined(separator: [UInt8(ascii: "\n")])), ofMain: file)
        return state.brokenMain == nil && state.isStoreCertain && !state.store.directory.isEmpty ? state.store : nil
    }

    /// The lines of a text before that number, which counts from 1.
    private static func lines(before number: Int, of text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text
        for _ in 1..<max(number, 1) {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { break }
            rest = rest[(end + 1)...]
        }
        return text[..<rest.startIndex]
    }

    /// Whether a text that could not be read may say where the store is; comments aside.
    private static func mentionsDirectory(_ text: ArraySlice<UInt8>) -> Bool {
        text.split(separator: UInt8(ascii: "\n")).contains { line in
            let line = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            return line.first != UInt8(ascii: "#") && String(decoding: line, as: UTF8.self).contains("directory")
        }
    }
}
