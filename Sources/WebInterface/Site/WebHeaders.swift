/// What every answer has (web.md §3.8).
enum WebHeaders {
    private static let all = [
        ("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    private static let pagePolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    /// What is no page loads and runs nothing, should somebody open it as one.
    private static let otherPolicy = "default-src 'none'; frame-ancestors 'none'"

    /// Adds them, but for those that the answer names itself.
    static func complete(_ answer: inout WebAnswer, _ section: WebSection) {
        var added = all
        let isFailure = answer.status >= 400
        switch section {
        case .output where !isFailure: added.append(("Cache-Control", "private, max-age=60"))
        case .asset where !isFailure: added.append(("Cache-Control", "max-age=86400"))
        default: added.append(("Cache-Control", "no-store"))
        }
        let isPage = answer.contentType.hasPrefix("text/html")
        added.append(("Content-Security-Policy", isPage ? pagePolicy : otherPolicy))
        // With no-referrer a browser would send `Origin: null` with a page's own forms, as if another page had them.
        added.append(("Referrer-Policy", isPage ? "same-origin" : "no-referrer"))
        let own = answer.headers.all.map { $0.name.lowercased() }
        for (name, value) in added where own.isEmpty || !own.contains(name.lowercased()) {
            answer.headers.all.append(WebFields.Field(name, value))
        }
    }
}
