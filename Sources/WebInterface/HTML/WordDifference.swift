internal import newswire

/// `WordDifference` shows what changed of a text word by word, added as `<ins>` and removed as `<del>`.
enum WordDifference {
    /// Comparing costs more the more there is: beyond this all that differs counts as replaced.
    private static let costLimit = 1_000_000

    /// What of a field changed, line by line, and within lines that stand in each other's place word by word.
    static func html(_ diff: LineDiff) -> HTML {
        var parts: [HTML] = []
        var (removed, added): ([String], [String]) = ([], [])
        func flush() {
            if !removed.isEmpty || !added.isEmpty {
                parts.append(
                    "<p dir=\"auto\">\(html(from: removed.joined(separator: "\n"), to: added.joined(separator: "\n")))</p>"
                )
            }
            (removed, added) = ([], [])
        }
        for line in diff.lines {
            switch line {
            case .removed(let text): removed.append(text)
            case .added(let text): added.append(text)
            case .kept(let text):
                flush()
                if !text.isEmpty { parts.append("<p dir=\"auto\">\(text)</p>") }
            case .gap(let count):
                flush()
                parts.append("<p class=\"dim\">… \(count) unchanged \(count == 1 ? "line" : "lines")</p>")
            }
        }
        flush()
        return "\(parts)"
    }

    /// Words that went and came, in their order.
    static func html(from old: String, to new: String) -> HTML {
        let (before, after) = (words(of: old), words(of: new))
        var start = 0
        while start < min(before.count, after.count), before[start] == after[start] { start += 1 }
        var end = 0
        while end < min(before.count, after.count) - start,
            before[before.count - 1 - end] == after[after.count - 1 - end]
        {
            end += 1
        }
        let went = Array(before[start..<(before.count - end)])
        let came = Array(after[start..<(after.count - end)])
        var result = text(before[..<start])
        result += middle(went, came)
        result += text(before[(before.count - end)...])
        return result
    }

    private static func middle(_ old: [Substring], _ new: [Substring]) -> HTML {
        guard old.count.multipliedReportingOverflow(by: new.count).partialValue <= costLimit else {
            return mark(removed: old[...]) + mark(added: new[...])
        }
        var (removals, insertions): (Set<Int>, Set<Int>) = ([], [])
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removals.insert(offset)
            case .insert(let offset, _, _): insertions.insert(offset)
            }
        }
        var result = HTML()
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            let (leftStart, rightStart) = (left, right)
            while removals.contains(left) { left += 1 }
            while insertions.contains(right) { right += 1 }
            result += mark(removed: old[leftStart..<left])
            result += mark(added: new[rightStart..<right])
            if left < old.count, right < new.count {
                result += "\(old[left])"
                (left, right) = (left + 1, right + 1)
            }
        }
        return result
    }

    private static func mark(removed: ArraySlice<Substring>) -> HTML {
        removed.isEmpty ? HTML() : "<del>\(text(removed))</del>"
    }

    private static func mark(added: ArraySlice<Substring>) -> HTML {
        added.isEmpty ? HTML() : "<ins>\(text(added))</ins>"
    }

    private static func text(_ words: ArraySlice<Substring>) -> HTML { "\(words.joined())" }

    /// Words with what is between them, each by itself; the characters of scripts that put no blanks between words alone.
    static func words(of text: String) -> [Substring] {
        var words: [Substring] = []
        var start = text.startIndex
        func isAlone(_ character: Character) -> Bool {
            guard let scalar = character.unicodeScalars.first else { return false }
            return scalar.value >= 0x2e80 || !(character.isLetter || character.isNumber)
        }
        for index in text.indices where isAlone(text[index]) {
            if start < index { words.append(text[start..<index]) }
            start = text.index(after: index)
            words.append(text[index..<start])
        }
        if start < text.endIndex { words.append(text[start...]) }
        return words
    }
}
