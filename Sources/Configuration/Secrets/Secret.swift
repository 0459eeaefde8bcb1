private import Glibc

/// `Secret` says where a secret is found, and never holds it, so that a configuration can be shown.
package enum Secret: Hashable, Sendable {
    /// A file of `$CREDENTIALS_DIRECTORY` (systemd's LoadCredential).
    case credential(String)
    /// Absolute path.
    case file(String)
    /// A variable of the environment.
    case environment(String)

    /// The limit is the most that a secret may have, in bytes.
    package static let limit = 65_536

    /// Reads the secret as one line, for a header or a password; a line break at its end is dropped.
    ///
    /// It is to be read for each use and not kept: a changed file then counts at once. Throws where it cannot be read,
    /// is empty, is not UTF-8 or has several lines. It waits for the file system.
    package func resolve(environment: [String: String]) throws(SecretError) -> String {
        var bytes = try contents(environment: environment)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw SecretError(self, "is empty") }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\t") }) else {
            throw SecretError(self, "holds a line break or another control character; it has to be one line")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw SecretError(self, "is not UTF-8") }
        return text
    }

    /// Reads all of the secret, for a key of several lines. Throws where it cannot be read, or everybody could read it.
    package func contents(environment: [String: String]) throws(SecretError) -> [UInt8] {
        switch self {
        case .environment(let name):
            guard let value = environment[name] else {
                throw SecretError(self, "is not set in the environment of newswire")
            }
            guard value.utf8.count <= Self.limit else { throw SecretError(self, "is longer than 64 KiB") }
            return Array(value.utf8)
        case .file(let path):
            return try read(path)
        case .credential(let name):
            guard let directory = environment["CREDENTIALS_DIRECTORY"], directory.hasPrefix("/") else {
                throw SecretError(
                    self,
                    "cannot be read: $CREDENTIALS_DIRECTORY is not set; LoadCredential=\(name) in the unit sets it")
            }
            return try read("\(directory)/\(name)")
        }
    }

    private func read(_ path: String) throws(SecretError) -> [UInt8] {
        let content: FileReader.Content
        do {
            content = try FileReader.read(path, limit: Self.limit)
        } catch {
            throw SecretError(self, error.message)
        }
        guard content.mode & 0o006 == 0 else {
            throw SecretError(self, "can be read by everybody; chmod o-rwx \(path) (0640 root:newswire is fine)")
        }
        return content.bytes
    }
}

extension Secret: CustomStringConvertible {
    /// Returns the reference as TOML writes it.
    package var description: String {
        switch self {
        case .credential(let name): "{ credential = \(TOMLText.quoted(name)) }"
        case .file(let path): "{ file = \(TOMLText.quoted(path)) }"
        case .environment(let name): "{ env = \(TOMLText.quoted(name)) }"
        }
    }
}

/// `SecretError` names a secret that cannot be read, and never holds it.
package struct SecretError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The reference tells which secret it is.
    package var secret: Secret
    /// The message goes on where the reference ends: `is empty`.
    package var message: String

    init(_ secret: Secret, _ message: String) {
        self.secret = secret
        self.message = message
    }

    package var description: String { "the secret \(secret) \(message)" }
}
