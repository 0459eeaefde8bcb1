private import Text
package import Web

/// `WebListener` is a place that newswire-web listens on.
package enum WebListener: Sendable, Hashable {
    case address(IPAddress, port: UInt16)
    /// The absolute path of a Unix socket.
    case socket(String)

    /// Where nothing is set.
    package static let standard = WebListener.address(.v4(0x7f00_0001), port: 8473)

    /// The longest path that a Unix socket can have is 107 bytes.
    private static let longestPath = 107

    /// Tells whether only programs on this machine reach it.
    package var isLocal: Bool {
        switch self {
        case .socket: true
        case .address(.v4(let address), _): address >> 24 == 127
        case .address(.v6(let high, let low), _): high == 0 && low == 1
        }
    }

    /// Reads `127.0.0.1:8473`, `[::1]:8473` or an absolute path.
    static func read(_ text: String) -> Result<WebListener, Refusal> {
        let form = "write an address with a port such as \"127.0.0.1:8473\" or \"[::1]:8473\", or a Unix socket's path"
        if text.hasPrefix("/") {
            guard text.utf8.count <= longestPath, !text.hasSuffix("/"),
                text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
            else {
                return .failure(
                    Refusal("is no path of a socket: at most \(longestPath) bytes, without control characters"))
            }
            return .success(.socket(text))
        }
        guard let colon = text.lastIndex(of: ":") else { return .failure(Refusal("has no port; \(form)")) }
        guard let port = text[text.index(after: colon)...].utf8.decimalNumber(atMost: 65_536),
            (1...65_535).contains(port)
        else {
            return .failure(Refusal("has a port that is no number from 1 to 65535; \(form)"))
        }
        var host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = host.dropFirst().dropLast() }
        guard let address = IPAddress(String(host)) else {
            return .failure(Refusal("is no address; \(form). To listen on all, write 0.0.0.0 or [::]"))
        }
        if case .v6 = address, !isBracketed { return .failure(Refusal("needs brackets; \(form)")) }
        if case .v4 = address, isBracketed { return .failure(Refusal("needs no brackets; \(form)")) }
        return .success(.address(address, port: UInt16(port)))
    }

    /// Why a text is no such place; it goes on where the text ends.
    struct Refusal: Error {
        let message: String

        init(_ message: String) { self.message = message }
    }
}

extension WebListener: CustomStringConvertible {
    /// Returns the place as it is read.
    package var description: String {
        switch self {
        case .socket(let path): path
        case .address(.v4(let address), let port): "\(IPAddress.v4(address)):\(port)"
        case .address(let address, let port): "[\(address)]:\(port)"
        }
    }
}
