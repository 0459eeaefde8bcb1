internal import FeedModel

/// `ErrorPage` says what was asked, what went wrong and what to do, with the navigation (web.md §4.4).
enum ErrorPage {
    /// - Parameters:
    ///   - failure: why there is no page.
    ///   - asked: the path that was asked for, decoded; nil where it could not be read.
    static func answer(
        to failure: WebFailure, asked: String?, links: PageLinks, now: Timestamp
    ) -> WebAnswer {
        let what: HTML? = asked.map { "<p class=\"dim\">Asked for: <code dir=\"auto\">\($0.cut(300))</code></p>" }
        let content: HTML = """
            <h1>\(title(failure.status))</h1><p>\(sentence(failure.message))</p>\(hint(failure.hint))\(what)\
            <p><a href="\(links.to())">Now</a> shows how everything is.</p>
            """
        var answer = Page(title(failure.status).text, nil, content).answer(failure.status, links: links, now: now)
        answer.headers.all += failure.headers.all
        return answer
    }

    private static func title(_ status: Int) -> HTML {
        switch status {
        case 400: "That cannot be read"
        case 401: "Who are you?"
        case 403: "Not allowed"
        case 404: "There is nothing here"
        case 405: "That cannot be done here"
        case 409: "That cannot be done now"
        case 413: "Too large"
        case 421: "Not by this name"
        case 429: "Too many tries"
        case 503: "Not at present"
        default: "That went wrong"
        }
    }

    private static func hint(_ hint: String) -> HTML { hint.isEmpty ? HTML() : "<p>\(sentence(hint))</p>" }

    /// With a capital letter first and a full stop last, as sentences have.
    private static func sentence(_ text: String) -> String {
        let begun = (text.first.map { $0.uppercased() } ?? "") + text.dropFirst()
        return text.isEmpty || ".?!".contains(begun.last ?? ".") ? begun : begun + "."
    }
}
