internal import FeedModel
internal import JSONText
internal import Querying

extension RuleTrial {
    /// What came of it for people.
    ///
    /// - Parameters:
    ///   - isStored: the articles are stored, so that there is something to compare with.
    ///   - width: of the terminal; nil where there is none.
    func lines(isStored: Bool, width: Int?) -> [String] {
        var lines: [String] = []
        for number in shown {
            let (rule, tally) = (rules[number], tallies[number])
            let verb = tally.matched == 1 ? "matches" : "match"
            var line =
                "\(rule.name) (\(RuleText.action(of: rule))): \(tally.matched) of \(Self.counted(articles)) \(verb)"
            if tally.undecided > 0 { line += "; of \(tally.undecided) it is not known, as a /regex/ takes too long" }
            lines += DisplayWidth.wrapped(SafeText.line(line), to: width ?? .max)
            if !tally.examples.isEmpty { lines += Self.table(tally.examples).lines(width: width) }
            lines.append("")
        }
        let ending = isStored ? comparison : "all rules together block \(blocked) of \(Self.counted(articles))"
        return lines + DisplayWidth.wrapped(SafeText.line(ending), to: width ?? .max)
    }

    private static func table(_ examples: [Example]) -> TextTable {
        var table = TextTable([
            TextTable.Column(title: "SEQ", isNumber: true), TextTable.Column(title: "TITLE", least: 16),
            TextTable.Column(title: "BY", least: 8),
        ])
        for example in examples {
            table.add([example.seq.map { "\($0)" } ?? "-", example.title, example.words.joined(separator: ", ")])
        }
        return table
    }

    private static func counted(_ count: Int) -> String { "\(count) article\(count == 1 ? "" : "s")" }

    private var comparison: String {
        var parts = ["\(newlyBlocked) more blocked", "\(released) let through"]
        parts += gained.sorted { $0.key < $1.key }.map { "\($0.value) more with the label \($0.key)" }
        parts += lost.sorted { $0.key < $1.key }.map { "\($0.value) without the label \($0.key)" }
        return "against what was said when they were stored, all rules together: \(parts.joined(separator: ", "))"
    }

    /// The same as one JSON object.
    func json(isStored: Bool) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("articles", articles)
        json.member("blocked", blocked)
        if isStored {
            json.member("newly_blocked", newlyBlocked)
            json.member("released", released)
            Self.write("labels_gained", gained, to: &json)
            Self.write("labels_lost", lost, to: &json)
        }
        json.key("rules")
        json.beginArray()
        for number in shown {
            let tally = tallies[number]
            json.beginObject()
            rules[number].writeMembers(to: &json)
            json.member("matched", tally.matched)
            json.member("undecided", tally.undecided)
            json.key("examples")
            json.beginArray()
            for example in tally.examples {
                json.beginObject()
                json.member("seq", example.seq)
                json.member("title", example.title)
                json.member("words", example.words)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.finish() + [UInt8(ascii: "\n")]
    }

    private static func write(_ key: StaticString, _ counts: [String: Int], to json: inout JSONWriter) {
        json.key(key)
        json.beginObject()
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            json.integer(count)
        }
        json.endObject()
    }
}
