/// Secrets as they are sent. Nothing prints them.
package enum Credentials: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    case basic(user: String, password: String)
    case bearer(String)

    package var description: String { "credentials" }
    package var debugDescription: String { "credentials" }

    var header: FetchRequest.Header {
        switch self {
        case .basic(let user, let password):
            .init(name: "Authorization", value: "Basic " + Base64.string(Array("\(user):\(password)".utf8)))
        case .bearer(let token): .init(name: "Authorization", value: "Bearer \(token)")
        }
    }
}

/// A certificate that this side shows, with its key: the contents of PEM files.
package struct ClientCertificate: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    package var certificate: [UInt8]
    package var key: [UInt8]

    package init(certificate: [UInt8], key: [UInt8]) {
        self.certificate = certificate
        self.key = key
    }

    package var description: String { "client certificate" }
    package var debugDescription: String { "client certificate" }
}

/// RFC 4648 §4.
enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    static func string(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let left = min(3, bytes.count - index)
            var value = UInt32(bytes[index]) << 16
            if left > 1 { value |= UInt32(bytes[index + 1]) << 8 }
            if left > 2 { value |= UInt32(bytes[index + 2]) }
            for position in 0..<4 {
                text.append(
                    position > left
                        ? UInt8(ascii: "=") : alphabet.utf8Start[Int(value >> UInt32(18 - 6 * position) & 63)])
            }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }
}
