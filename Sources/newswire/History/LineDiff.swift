/// What of a text went and what came, line by line.
struct LineDiff: Equatable {
    enum Line: Equatable {
        case kept(String)
        case removed(String)
        case added(String)
        /// Unchanged lines that are not shown.
        case gap(Int)
    }

    var lines: [Line] = []

    /// Comparing costs more the more there is: beyond this all that differs counts as replaced.
    private static let costLimit = 4_000_000
    /// Unchanged lines that are shown before and after what differs.
    private static let context = 1

    init(from old: [String], to new: [String]) {
        var start = 0
        while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
        var end = 0
        while end < min(old.count, new.count) - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
        var all = old[..<start].map(Line.kept)
        all += Self.middle(Array(old[start..<(old.count - end)]), Array(new[start..<(new.count - end)]))
        all += old[(old.count - end)...].map(Line.kept)
        lines = Self.folded(all)
    }

    var removed: [String] {
        lines.compactMap { line in
            if case .removed(let text) = line { text } else { nil }
        }
    }

    var added: [String] {
        lines.compactMap { line in
            if case .added(let text) = line { text } else { nil }
        }
    }

    private static func middle(_ old: [String], _ new: [String]) -> [Line] {
        guard old.count.multipliedReportingOverflow(by: new.count).partialValue <= costLimit else {
            return old.map(Line.removed) + new.map(Line.added)
        }
        var removals = Set<Int>()
        var insertions = Set<Int>()
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removals.insert(offset)
            case .insert(let offset, _, _): insertions.insert(offset)
            }
        }
        var result: [Line] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if removals.contains(left) {
                result.append(.removed(old[left]))
                left += 1
            } else if insertions.contains(right) {
                result.append(.added(new[right]))
                right += 1
            } else {
                result.append(.kept(old[left]))
                left += 1
                right += 1
            }
        }
        return result
    }

    private static func folded(_ lines: [Line]) -> [Line] {
        var isShown = [Bool](repeating: false, count: lines.count)
        for (index, line) in lines.enumerated() {
            if case .kept = line { continue }
            for near in max(0, index - context)...min(lines.count - 1, index + context) { isShown[near] = true }
        }
        var result: [Line] = []
        var hidden = 0
        for (index, line) in lines.enumerated() {
            if !isShown[index] {
                hidden += 1
                continue
            }
            if hidden > 0 { result.append(.gap(hidden)) }
            hidden = 0
            result.append(line)
        }
        if hidden > 0, !result.isEmpty { result.append(.gap(hidden)) }
        return result
    }
}
