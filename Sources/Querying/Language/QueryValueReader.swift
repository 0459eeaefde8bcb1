private import FeedModel
private import Text
private import Web

/// Makes a condition of a field and the value that was written for it.
struct QueryValueReader {
    /// The whole query, for the places of what is wrong.
    let query: String
    let use: QueryUse

    func condition(_ field: QueryField?, _ value: QueryValue) throws(QueryIssue) -> QueryCondition {
        if case .pattern(let pattern) = value.kind { return try self.pattern(pattern, field, value) }
        switch field {
        case nil: return .words(.titleOrBody, try words(value))
        case .title: return .words(.title, try words(value))
        case .body: return .words(.body, try words(value))
        case .author: return .words(.author, try words(value))
        case .url: return .words(.url, try words(value))
        case .host: return .host(try host(value))
        case .feed: return .feed(try exact(value))
        case .tag: return .tag(try exact(value))
        case .category: return .category(try exact(value))
        case .lang: return .language(try language(value))
        case .age: return try age(value)
        case .since: return .since(try time(value, "since"))
        case .until: return .until(try time(value, "until"))
        case .is:
            let state: ArticleState = try one(of: ArticleState.allCases, "is", value)
            if state == .blocked, use == .rule {
                throw issue(
                    "whether an article is blocked is what the rules say; is:blocked cannot stand in one", value)
            }
            return .state(state)
        case .has: return .has(try one(of: ArticlePart.allCases, "has", value))
        }
    }

    private func issue(_ message: String, _ value: QueryValue) -> QueryIssue {
        QueryIssue(message, at: value.offset, in: query)
    }

    /// The value as text, whether it was quoted or not.
    private func text(_ value: QueryValue) -> String {
        switch value.kind {
        case .word(let text), .quoted(let text), .pattern(let text): text
        }
    }

    private func words(_ value: QueryValue) throws(QueryIssue) -> WordsTerm {
        var text = self.text(value)
        var isPrefix = false
        if case .word = value.kind {
            if text.hasSuffix("*") {
                isPrefix = true
                text.removeLast()
            }
            if text.contains("*") { throw issue("an asterisk stands only at the end of a word", value) }
        }
        guard let term = WordsTerm(text, isPrefix: isPrefix) else {
            throw issue("there is no letter and no digit to look for in \(quoted(self.text(value)))", value)
        }
        guard term.tokens.count <= QueryLimits.phraseWords else {
            throw issue("side by side stand at most \(QueryLimits.phraseWords) words, not \(term.tokens.count)", value)
        }
        return term
    }

    private func exact(_ value: QueryValue) throws(QueryIssue) -> String {
        let text = self.text(value)
        if text.isEmpty { throw issue("the value is empty", value) }
        if case .word = value.kind, text.hasSuffix("*") {
            throw issue("this field is compared as a whole; an asterisk of its own is written in quotes", value)
        }
        return text
    }

    private func host(_ value: QueryValue) throws(QueryIssue) -> String {
        guard let host = HostKey.of(host: text(value)) else {
            throw issue(
                "\(quoted(text(value))) is no host; a host stands for all below it too: host:example.org", value)
        }
        return host
    }

    private func language(_ value: QueryValue) throws(QueryIssue) -> String {
        let tag = LanguageTag(text(value))
        guard tag.isPlausible else {
            throw issue("\(quoted(text(value))) is no language; they are written as in lang:ru or lang:zh-TW", value)
        }
        return tag.text
    }

    private func age(_ value: QueryValue) throws(QueryIssue) -> QueryCondition {
        let text = self.text(value)
        guard let sign = text.utf8.first, sign == UInt8(ascii: ">") || sign == UInt8(ascii: "<"),
            let span = ConfigDuration.parse(String(text.dropFirst()))
        else {
            throw issue("an age is written as in age:>30d or age:<12h, with d, h, m or s", value)
        }
        return sign == UInt8(ascii: ">") ? .olderThan(span) : .youngerThan(span)
    }

    private func time(_ value: QueryValue, _ field: String) throws(QueryIssue) -> TimeReference {
        if use == .rule {
            throw issue(
                "\(field): asks when an article was stored, which a rule does not know; age: can be asked", value)
        }
        guard let time = TimeReference(text(value)) else {
            throw issue("a time is a date, RFC 3339 or a span ago: \(field):2026-11-01, \(field):7d", value)
        }
        return time
    }

    private func one<Choice: RawRepresentable<String>>(
        of choices: [Choice], _ field: String, _ value: QueryValue
    ) throws(QueryIssue) -> Choice {
        if let choice = Choice(rawValue: text(value)) { return choice }
        let names = choices.map(\.rawValue)
        let nearest = EditDistance.nearest(to: text(value), among: names)
        let advice = nearest.map { "did you mean \(field):\($0)?" } ?? "it can be \(names.joined(separator: ", "))"
        throw issue("there is no \(field):\(text(value)): \(advice)", value)
    }

    private func pattern(_ text: String, _ field: QueryField?, _ value: QueryValue) throws(QueryIssue) -> QueryCondition
    {
        guard let place = PatternField(rawValue: field?.rawValue ?? "") else {
            let fields = PatternField.allCases.dropFirst().map(\.rawValue).joined(separator: ", ")
            throw issue("a /regex/ can be looked for in \(fields), not in \(field?.rawValue ?? "")", value)
        }
        if use == .searching {
            throw issue("a search takes no /regex/, for it would have to read everything", value)
        }
        do {
            return .pattern(place, try Pattern(text))
        } catch {
            throw QueryIssue(error.message, at: value.offset + 1 + error.offset, in: query)
        }
    }
}
