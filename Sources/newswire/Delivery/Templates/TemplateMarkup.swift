/// The markup of the place that a value goes to, in which the value is to be nothing but text: no link, no image, no heading,
/// and nobody is called by it.
enum TemplateMarkup: String, CaseIterable, Sendable {
    /// mrkdwn of Slack, whose own signs are in angle brackets: `<!channel>`, `<https://…|text>`.
    case slack
    /// Markdown as Discord, Mattermost and others have it, and their `@everyone` and `<@1234>`.
    case markdown
    /// HTML, between tags and in attributes.
    case html

    /// - Parameter isURL: the value is a URL, which has been made safe and has to stay what it is.
    func escaped(_ text: String, isURL: Bool) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count + 16)
        for character in text.unicodeScalars { append(character, isURL: isURL, to: &result) }
        return result
    }

    /// Nobody sees it, and a name behind it is none any more.
    private static let zeroWidthSpace: Unicode.Scalar = "\u{200b}"

    private func append(_ scalar: Unicode.Scalar, isURL: Bool, to result: inout String) {
        switch (self, scalar) {
        case (.slack, "&"), (.html, "&"): result += "&amp;"
        case (.slack, "<"), (.html, "<"): result += "&lt;"
        case (.slack, ">"), (.html, ">"): result += "&gt;"
        case (.html, "\""): result += "&quot;"
        case (.html, "'"): result += "&#39;"
        case (.slack, "@"), (.markdown, "@"):
            result.unicodeScalars.append(scalar)
            if !isURL { result.unicodeScalars.append(Self.zeroWidthSpace) }
        case (.markdown, "<") where !isURL:
            result.unicodeScalars.append(scalar)
            result.unicodeScalars.append(Self.zeroWidthSpace)
        case (.markdown, _) where !isURL && Self.markdownSigns.contains(scalar):
            result += "\\"
            result.unicodeScalars.append(scalar)
        default: result.unicodeScalars.append(scalar)
        }
    }

    private static let markdownSigns = Set("\\`*_{}[]()#+-.!|>~".unicodeScalars)
}
