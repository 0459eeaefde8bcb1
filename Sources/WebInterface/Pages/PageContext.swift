internal import Configuration
internal import FeedModel

/// `PageContext` is what every page is made with: who asks for what, and how links and times are said.
struct PageContext {
    let call: WebCall
    let links: PageLinks
    let times: TimeWords

    init(_ call: WebCall) {
        self.call = call
        links = PageLinks(basePath: call.house.configuration.web.basePath)
        times = TimeWords(now: call.request.receivedAt)
    }

    var house: WebHouse { call.house }
    var now: Timestamp { call.request.receivedAt }
    var mayManage: Bool { call.caller.right >= .manage }

    /// What was asked for under a name; nil where that is nothing but blanks.
    subscript(name: String) -> String? {
        guard let value = call.request.query[name] else { return nil }
        let trimmed = value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        return trimmed.isEmpty ? nil : trimmed
    }

    /// A number from 1; nil where nothing or something else was asked for.
    func number(_ name: String) -> UInt64? { self[name].flatMap { UInt64($0) }.flatMap { $0 > 0 ? $0 : nil } }

    func feeds() throws(WebFailure) -> FeedSnapshot { try house.parts.catalogue.snapshot(at: now) }
}

extension HTML {
    /// `1 feed`, `3 feeds`
    static func counted(_ count: some BinaryInteger, _ noun: String) -> HTML {
        "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    /// A number with its thousands apart.
    static func grouped(_ number: some BinaryInteger) -> HTML {
        let digits = Array("\(number)")
        var text = ""
        for (index, digit) in digits.enumerated() {
            // A blank at which no line breaks.
            if index > 0, (digits.count - index).isMultiple(of: 3), digits[index - 1] != "-" { text += "\u{a0}" }
            text.append(digit)
        }
        return "\(text)"
    }

    /// An option of a choice.
    static func option(_ value: String, _ words: HTML, chosen: String) -> HTML {
        let mark: HTML = value == chosen ? " selected" : ""
        return "<option value=\"\(value)\"\(mark)>\(words)</option>"
    }

    /// A small mark beside something, of a kind that its words say as well.
    static func tag(_ words: HTML, _ kind: HTML? = nil) -> HTML {
        let more: HTML? = kind.map { " \($0)" }
        return "<span class=\"tag\(more)\">\(words)</span>"
    }
}
