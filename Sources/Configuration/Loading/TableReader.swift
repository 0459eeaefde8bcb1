/// Reads the values of a table by the rows of its options, and reports the keys that it does not have.
///
/// A value that is wrong is reported and reads as not set.
struct TableReader {
    let file: ConfigurationFile
    let state: LoadingState

    /// Sets the fields that the table names.
    ///
    /// - Parameter other: a key that is read by whoever asks, as it is no option.
    /// - Returns: whether every value could be read.
    @discardableResult
    func read<Values: OptionValues>(
        _ node: TOMLNode, into values: inout Values, beside other: StaticString? = nil
    ) -> Bool {
        var found = other.flatMap(node.member) == nil ? 0 : 1
        var isRight = true
        let rows = Values.rows
        // By index, since a loop over the rows would count references to each, once for every row of every feed.
        for index in rows.indices {
            guard let value = node.member(rows[index].key) else { continue }
            found += 1
            if !read(value, rows[index], &values) { isRight = false }
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

    /// Warns of a login for a proxy that is not set anywhere: what was meant to go through one goes straight to its host.
    func warnOfLoginWithoutProxy(_ node: TOMLNode, _ transfer: TransferSettings, in table: OptionTable) {
        // One that is wrong is reported as that.
        let names = node.member("proxy").map { $0.text != "" } ?? false
        guard let login = node.member("proxy_auth"), transfer.proxy == nil, !names else { return }
        let places = table == .fetch ? "this table" : "this table or in [fetch]"
        state.warning(
            "\(table.prefix)proxy_auth: is for no proxy, and everything is asked without one; write proxy = \"…\" in "
                + "\(places), or take proxy_auth out", at: file.place(login.keyLine))
    }

    private func reportUnknown(in node: TOMLNode, of table: OptionTable) {
        let keys = Options.keys(of: table)
        for child in node.children where !keys.contains(child.key) {
            let advice = Options.advice(forUnknown: child.key, among: keys)
            state.error(
                "\(table.prefix)\(OptionContext.shown(child.key)): there is no such key; \(advice)",
                at: file.place(child.keyLine))
        }
    }
}
