/// Reads the values of a table by the rows of its options, and reports the keys that it does not have.
///
/// A value that is wrong is reported and reads as not set.
struct TableReader {
    let file: ConfigurationFile
    let state: LoadingState

    /// Sets the fields that the table names.
    ///
    /// - Returns: whether every value could be read.
    @discardableResult
    func read<Values: OptionValues>(_ node: TOMLNode, into values: inout Values) -> Bool {
        var found = 0
        var isRight = true
        for row in Values.rows {
            guard let value = node.member(row.key) else { continue }
            found += 1
            if !read(value, row, &values) { isRight = false }
        }
        if found < node.count { reportUnknown(in: node, of: Values.table) }
        return isRight
    }

    /// Sets the field of one option alone.
    func read<Values: OptionValues>(_ key: StaticString, of node: TOMLNode, into values: inout Values) {
        guard let value = node.member(key) else { return }
        for row in Values.rows where "\(row.key)" == "\(key)" { _ = read(value, row, &values) }
    }

    private func read<Values: OptionValues>(
        _ value: TOMLNode, _ row: OptionRow<Values>, _ values: inout Values
    ) -> Bool {
        let context = OptionContext(
            table: Values.table, key: row.key, example: row.example, file: file, state: state)
        return row.read(value, context, &values)
    }

    private func reportUnknown(in node: TOMLNode, of table: OptionTable) {
        let keys = table.keys
        for child in node.children where !keys.contains(child.key) {
            let advice = Options.advice(forUnknown: child.key, among: keys)
            state.error(
                "\(table.prefix)\(OptionContext.shown(child.key)): there is no such key; \(advice)",
                at: file.place(child.keyLine))
        }
    }
}
