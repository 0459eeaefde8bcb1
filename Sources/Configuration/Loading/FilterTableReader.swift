private import Querying

/// Reads the `[[filter]]` tables of one file.
struct FilterTableReader {
    let tables: TableReader
    private var file: ConfigurationFile { tables.file }
    private var state: LoadingState { tables.state }

    private static let required: [(key: StaticString, purpose: String)] = [
        ("name", "each rule needs one, by which articles and messages name it"),
        ("action", "write \"block\", \"keep\" or \"label\""),
        ("match", "a rule needs a query that says which articles are meant"),
    ]

    func read(_ node: TOMLNode) {
        let place = file.place(node.line)
        guard node.kind == .table else {
            return state.error("[[filter]]: must be a table, not \(node.kind.name)", at: place)
        }
        var settings = FilterSettings()
        tables.read(node, into: &settings)
        for (key, purpose) in Self.required where node.member(key) == nil {
            state.error("[[filter]] \(key): is missing; \(purpose)", at: place)
        }
        checkLabel(node, settings.action, place)
        for key: StaticString in ["feeds", "tags"] {
            // Whoever writes a list means some feeds. A program that has none to write must not get all of them.
            guard let list = node.member(key), list.kind == .array, list.count == 0 else { continue }
            state.error(
                "[[filter]] \(key): is empty; without it the rule is for all feeds", at: file.place(list.keyLine))
        }
        let table = FilterTable(settings, source: place)
        switch state.filters.add(table, named: settings.name, at: place) {
        case .added: break
        case .sameName(let other):
            state.error(
                "[[filter]] name: \(TOMLText.quoted(settings.name ?? "")) is already in \(other)",
                at: node.member("name").map { file.place($0.keyLine) } ?? place)
        case .tooMany: state.error("[[filter]]: there are more than \(LoadingState.Limit.filters) rules", at: place)
        case .tooManyPatterns:
            state.error(
                "[[filter]] match: the rules have more than \(LoadingState.Limit.filterPatterns) /regex/; words are "
                    + "quicker and take no memory",
                at: place)
        }
    }

    private func checkLabel(_ node: TOMLNode, _ action: FilterRule.Action.Kind?, _ place: SourcePlace) {
        switch (action, node.member("label")) {
        case (.label, nil):
            state.error("[[filter]] label: is missing; action = \"label\" needs one, which articles get", at: place)
        case (.block, let label?), (.keep, let label?):
            state.error(
                "[[filter]] label: stands only beside action = \"label\", not \"\(action?.rawValue ?? "")\"",
                at: file.place(label.keyLine))
        default: break
        }
    }
}

/// The rules of all files.
struct PendingFilters {
    /// In the order of the files.
    private(set) var tables: [FilterTable] = []
    private var places: [String: SourcePlace] = [:]
    private var patterns = 0

    /// What became of a rule that was added.
    enum Addition {
        case added
        case sameName(as: SourcePlace)
        case tooMany
        case tooManyPatterns
    }

    /// - Parameters:
    ///   - table: nil for one with a mistake, whose name is taken all the same.
    ///   - name: nil where it could not be read.
    mutating func add(_ table: FilterTable?, named name: String?, at place: SourcePlace) -> Addition {
        if let name, let other = places.updateValue(place, forKey: name) {
            places[name] = other
            return .sameName(as: other)
        }
        guard let table else { return .added }
        guard tables.count < LoadingState.Limit.filters else { return .tooMany }
        patterns += table.query.patternCount
        guard patterns <= LoadingState.Limit.filterPatterns else { return .tooManyPatterns }
        tables.append(table)
        return .added
    }
}
