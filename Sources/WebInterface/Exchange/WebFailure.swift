/// `WebFailure` is why a request gets no answer. Each part of the site says it in its own form (`WebSection`).
package struct WebFailure: Error, Sendable, Equatable {
    package var status: Int
    /// What was asked, and what went wrong.
    package var message: String
    /// What whoever asked can do.
    package var hint: String
    /// Beside the answer's own.
    package var headers: WebFields

    package init(_ status: Int, _ message: String, hint: String = "", headers: WebFields = WebFields()) {
        self.status = status
        self.message = message
        self.hint = hint
        self.headers = headers
    }
}
