internal import Digest

/// `GoogleReaderKey` makes what readers of the Google Reader dialect show in the place of a password: `NAME/KEY`
/// (web.md §8.1). It survives restarts, and ends with the password that it was made of.
package struct GoogleReaderKey: Sendable {
    private let secret: [UInt8]
    private static let secretBytes = 32
    /// 160 bits.
    private static let keyBytes = 20

    /// Makes a key that no other run knows: what is signed with it ends with the program.
    package init() {
        secret = Self.randomSecret()
    }

    private static func randomSecret() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<secretBytes).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Takes the key from the file `key` of the state directory, and makes it where there is none.
    ///
    /// - Parameter report: told where what stands there cannot be a key, and another is made: readers have to log in anew.
    package init(stateDirectory: String, report: (String) -> Void) throws(WebFailure) {
        let file = StateFile(path: "\(stateDirectory)/key")
        if let text = try file.read(limit: 4096) {
            if let bytes = Hex.bytes(text.filter { $0 > 0x20 }), bytes.count == Self.secretBytes {
                secret = bytes
                return
            }
            report("\(file.path) holds no key: another is made, and readers have to log in anew")
        }
        secret = Self.randomSecret()
        try StateFile.makeFolder(stateDirectory)
        try file.replace(with: Array("\(Hex.string(secret))\n".utf8), mode: 0o600)
    }

    /// Returns `NAME/KEY`, which is what a login answers and what `GoogleLogin auth=` carries.
    package func proof(account: String, password: String) -> String {
        // No name holds a NUL, so that no two pairs are one message.
        let code = MessageAuthentication.sha256(key: secret, Array("\(account)\0".utf8), Array(password.utf8))
        return "\(account)/\(Base32.string(Array(code.prefix(Self.keyBytes))))"
    }

    /// Returns what `token` answers, 57 characters as readers know them from elsewhere. It proves nothing.
    func token(account: String) -> String {
        let code = MessageAuthentication.sha256(key: secret, Array("token\0\(account)".utf8))
        return String(Hex.string(code).prefix(57))
    }
}
