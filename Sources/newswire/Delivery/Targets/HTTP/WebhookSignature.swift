internal import Configuration
internal import Digest
internal import Fetching
internal import Text

/// Signs what is posted, by the rules of Standard Webhooks 1.0: HMAC-SHA256 of id, time and body.
struct WebhookSignature {
    /// Why a secret cannot sign.
    struct Problem: Error {
        /// Goes on where the secret's name ends.
        let message: String
    }

    private static let prefix = "whsec_"
    /// What the specification wants of a secret, in bytes.
    private static let sizes = 24...64

    private let keys: [[UInt8]]

    /// - Parameter secrets: the text of each; all of them sign, so that one can take another's place while both are known.
    init(_ secrets: [String]) throws(Problem) {
        keys = try secrets.map { secret throws(Problem) in try Self.key(secret) }
    }

    /// A secret that begins with `whsec_` is Base64; any other is its own bytes.
    private static func key(_ secret: String) throws(Problem) -> [UInt8] {
        guard secret.hasPrefix(prefix) else { return Array(secret.utf8) }
        guard let key = Base64.bytes(Array(secret.utf8.dropFirst(prefix.utf8.count))), sizes.contains(key.count) else {
            throw Problem(
                message:
                    "begins with whsec_ but what follows is not 24 to 64 bytes in Base64; copy it again from the receiver"
            )
        }
        return key
    }

    /// The headers of one attempt.
    ///
    /// - Parameters:
    ///   - id: the same for each attempt; without a full stop, which separates the parts that are signed.
    ///   - seconds: when the attempt is made.
    ///   - body: as it is sent, packed or not.
    func headers(id: String, seconds: Int64, body: [UInt8]) -> [FetchRequest.Header] {
        var headers = [
            FetchRequest.Header(name: "webhook-id", value: id),
            FetchRequest.Header(name: "webhook-timestamp", value: "\(seconds)"),
        ]
        if !keys.isEmpty {
            let head = Array("\(id).\(seconds).".utf8)
            let codes = keys.map { "v1," + Base64.string(MessageAuthentication.sha256(key: $0, head, body)) }
            headers.append(.init(name: "webhook-signature", value: codes.joined(separator: " ")))
        }
        return headers
    }
}
