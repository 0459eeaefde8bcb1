import Text

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
