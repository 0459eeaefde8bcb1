internal import FeedModel
internal import Fetching
internal import Text
internal import Web

/// What an answer means for the batch that was sent, by the rules of Standard Webhooks.
struct HTTPVerdict {
    private let answer: HTTPAnswer
    private let server: String
    private let secrets: SecretEcho
    private let expected: String?

    /// Bytes of an answer's body that are shown.
    private static let shownBytes = 200

    /// - Parameters:
    ///   - server: what an error calls the server.
    ///   - secrets: words of the answer that may hold one of them are not shown.
    ///   - expected: what has to stand in the body.
    init(_ answer: HTTPAnswer, server: String, secrets: SecretEcho, expected: String?) {
        self.answer = answer
        self.server = server
        self.secrets = secrets
        self.expected = expected
    }

    /// - Parameter longestWait: in seconds, whatever the server asks for.
    func answer(longestWait: Int) -> DeliveryAnswer {
        let head = answer.head
        switch head.status {
        case 200...299:
            guard let expected, !holds(expected) else { return .delivered }
            return .refused(
                "\(server) answered \(head.status), but not with \(SafeText.line(expected)), which --expect wants\(said)"
            )
        case 300...399:
            let place = head.header(named: "Location").map { shown($0).map { " to \($0)" } ?? " elsewhere" } ?? ""
            return .refused(
                "\(server) answered \(head.status) and leads\(place), which is not followed: if it is right, name it with --to"
            )
        case 410:
            return .ended("\(server) answered 410: it wants no more of this\(said)")
        default:
            let wait = min(max(0, head.retryAfterSeconds ?? 0), longestWait)
            return .refused("\(server) answered \(head.status)\(said)", atLeast: wait)
        }
    }

    private func holds(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard !wanted.isEmpty, wanted.count <= answer.body.count else { return false }
        let first = wanted[0]
        return answer.body.indices.dropLast(wanted.count - 1).contains { start in
            answer.body[start] == first && answer.body[start..<start + wanted.count].elementsEqual(wanted)
        }
    }

    /// `: “what the server said”`, on one line, however it was written; empty where it said nothing, and not its words
    /// where they may hold a secret.
    private var said: String {
        guard let text = shown(String(decoding: answer.body, as: UTF8.self)) else {
            return " (\(SecretEcho.withheld))"
        }
        return text.isEmpty ? "" : ": “\(text)”"
    }

    /// Returns the beginning of a text, on one line; nil where the text may hold a secret. All of it is looked through
    /// before it is cut, so that no beginning of a secret is left at the end.
    private func shown(_ text: String) -> String? {
        if secrets.mayShow(in: text) { return nil }
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return SafeText.line(String(decoding: line.utf8.prefix(Self.shownBytes), as: UTF8.self))
    }
}
