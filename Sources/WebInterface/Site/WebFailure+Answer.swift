internal import JSONText

extension WebFailure {
    /// The failure in the form of a part of the site (web.md §4.4, §5, §8, §9).
    ///
    /// - Parameter basePath: below which the links of a page stand.
    func answer(in section: WebSection, to request: WebRequest, below basePath: String) -> WebAnswer {
        guard section == .page else { return answer(in: section) }
        return ErrorPage.answer(
            to: self, asked: request.segments.isEmpty ? nil : "/" + request.segments.joined(separator: "/"),
            links: PageLinks(basePath: basePath), now: request.receivedAt)
    }

    /// The failure in the form of a part of the site that is none of its pages; of a page in plain text.
    func answer(in section: WebSection) -> WebAnswer {
        var answer: WebAnswer
        switch section {
        case .api:
            var json = JSONWriter()
            json.beginObject()
            json.member("error", message)
            if !hint.isEmpty { json.member("hint", hint) }
            json.endObject()
            answer = WebAnswer(status, "application/json", .bytes(json.finish() + [0x0a]))
        case .miniflux:
            var json = JSONWriter()
            json.beginObject()
            json.member("error_message", hint.isEmpty ? message : "\(message). \(hint)")
            json.endObject()
            answer = WebAnswer(status, "application/json", .bytes(json.finish()))
        case .page, .googleReader, .output, .asset:
            // The word by which readers know a wrong login (web.md §8).
            let word = section == .googleReader && status == 401 ? "Error=BadAuthentication\n" : ""
            let text = word + (hint.isEmpty ? "\(message)\n" : "\(message). \(hint)\n")
            answer = WebAnswer(status, "text/plain; charset=utf-8", .bytes(Array(text.utf8)))
        }
        answer.headers = headers
        return answer
    }
}
