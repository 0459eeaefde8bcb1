internal import FeedModel

/// Rows of cells for people, below a header, in columns that are as wide as they need to be and fit the terminal.
struct TextTable {
    struct Column {
        var title: String
        /// It is set to the right.
        var isNumber = false
        /// How narrow it may become where there is no room for all; nil for one that is never cut.
        var least: Int?
        /// It is left out where there is no room even so; the first such column goes first.
        var isOptional = false
    }

    private struct Row {
        var cells: [String]
        var details: [String]
    }

    private let columns: [Column]
    private var rows: [Row] = []
    private var widths: [Int]

    private static let gap = 2

    init(_ columns: [Column]) {
        self.columns = columns
        widths = columns.map { DisplayWidth.of($0.title) }
    }

    /// - Parameter details: sentences that belong to the row, below it.
    mutating func add(_ cells: [String], details: [String] = []) {
        let row = Row(cells: cells.map(SafeText.line), details: details.map(SafeText.line))
        for (index, cell) in row.cells.enumerated() { widths[index] = max(widths[index], DisplayWidth.of(cell)) }
        rows.append(row)
    }

    /// - Parameter width: columns of the terminal; nil where there is none, and nothing is cut.
    func lines(width: Int?) -> [String] {
        let widths = width.map(widths(within:)) ?? widths.map { $0 }
        func line(_ cells: [String]) -> String {
            var text = ""
            for (index, cell) in cells.enumerated() where widths[index] > 0 {
                if !text.isEmpty { text += String(repeating: " ", count: Self.gap) }
                text += DisplayWidth.fitted(
                    cell, to: widths[index], isNumber: columns[index].isNumber, isTerminal: width != nil)
            }
            while text.last == " " { text.removeLast() }
            // A terminal may be too narrow even for what is never left out.
            return width.map { DisplayWidth.cut(text, to: $0) } ?? text
        }
        // Below the second column.
        let indent = String(repeating: " ", count: min(widths[0] + Self.gap, max(0, (width ?? .max) - 20)))
        let room = max(1, (width ?? .max) - indent.count)
        return [line(columns.map(\.title))]
            + rows.flatMap { row in
                [line(row.cells)]
                    + row.details.flatMap { DisplayWidth.wrapped($0, to: room) }.map {
                        indent + DisplayWidth.cut($0, to: room)
                    }
            }
    }

    /// Widths that fit: from the columns that may be cut the widest gives most; where that is not enough, columns go.
    private func widths(within width: Int) -> [Int] {
        var widths = widths
        func excess() -> Int {
            let shown = widths.filter { $0 > 0 }
            return shown.reduce(0, +) + Self.gap * (shown.count - 1) - width
        }
        while excess() > 0 {
            let wide = columns.indices.filter { widths[$0] > (columns[$0].least ?? .max) }
            if let widest = wide.max(by: { widths[$0] < widths[$1] }) {
                widths[widest] -= 1
            } else if let optional = columns.indices.first(where: { columns[$0].isOptional && widths[$0] > 0 }) {
                widths[optional] = 0
                // What it has left is room for the others, as far as they can use it.
                for index in columns.indices where columns[index].least != nil && widths[index] > 0 {
                    widths[index] = self.widths[index]
                }
            } else {
                break
            }
        }
        return widths
    }
}
