/// An operator of NATS with an account and a user, as `nsc` would make them: what a server trusts, and the file by which the
/// user logs in. Keys are made and used by the openssl command. Gone with its last reference.
package final class NATSAccounts: Sendable {
    private let folder: TemporaryDirectory
    /// Lines of a server's configuration.
    package let configuration: String
    /// The path of the user's file.
    package let credentials: String

    /// Returns nil where openssl does not make or use a key.
    package init?() {
        let folder = TemporaryDirectory()
        self.folder = folder
        guard let owner = NATSKey("O", 14 << 3, in: folder), let system = NATSKey("S", 0, in: folder),
            let account = NATSKey("A", 0, in: folder), let user = NATSKey("U", 20 << 3, in: folder)
        else { return nil }
        let most = #""subs":-1,"data":-1,"payload":-1,"imports":-1,"exports":-1,"wildcards":true,"conn":-1,"leaf":-1"#
        let jetStream = #""mem_storage":-1,"disk_storage":-1,"streams":-1,"consumer":-1"#
        guard let root = owner.token(of: owner, #""type":"operator","version":2"#),
            let systems = owner.token(of: system, #""limits":{\#(most)},"type":"account","version":2"#),
            let accounts = owner.token(of: account, #""limits":{\#(most),\#(jetStream)},"type":"account","version":2"#),
            let users = account.token(of: user, #""subs":-1,"data":-1,"payload":-1,"type":"user","version":2"#)
        else { return nil }
        configuration = """
            operator: "\(root)"
            system_account: \(system.name)
            resolver: MEMORY
            resolver_preload: {
              \(system.name): "\(systems)"
              \(account.name): "\(accounts)"
            }
            """
        credentials = folder.write(
            """
            -----BEGIN NATS USER JWT-----
            \(users)
            ------END NATS USER JWT------

            -----BEGIN USER NKEY SEED-----
            \(user.seed)
            ------END USER NKEY SEED------

            """, to: "user.creds", mode: 0o600)
    }
}

/// An Ed25519 key, with the names that NATS gives it: a byte that says of whom it is, the key, and a checksum, in base 32.
private struct NATSKey {
    private let folder: TemporaryDirectory
    private let file: String
    let name: String
    let seed: String

    init?(_ file: String, _ kind: UInt8, in folder: TemporaryDirectory) {
        let path = folder.file(file)
        let script = """
            openssl genpkey -algorithm ed25519 -out \(path).pem && openssl pkey -in \(path).pem -outform DER -out \(path).der \
            && openssl pkey -in \(path).pem -pubout -outform DER -out \(path).pub
            """
        // Both formats end with the 32 bytes of the key.
        guard ServerBox.run(["/bin/sh", "-c", script]), let secret = folder.read("\(file).der")?.suffix(32),
            let known = folder.read("\(file).pub")?.suffix(32)
        else { return nil }
        self.folder = folder
        self.file = file
        name = Self.text([kind] + known)
        seed = Self.text([18 << 3 | kind >> 5, (kind & 31) << 3] + secret)
    }

    /// A token by which this key says something of another.
    func token(of subject: NATSKey, _ claims: String) -> String? {
        let head = Self.base64(Array(#"{"typ":"JWT","alg":"ed25519-nkey"}"#.utf8))
        let about = #""jti":"1","iat":1700000000,"iss":"\#(name)","name":"test","sub":"\#(subject.name)""#
        let body = Self.base64(Array(#"{\#(about),"nats":{\#(claims)}}"#.utf8))
        let path = folder.write("\(head).\(body)", to: "message")
        let words = "openssl pkeyutl -sign -inkey \(folder.file(file)).pem -rawin -in \(path) -out \(path).signed"
        guard ServerBox.run(["/bin/sh", "-c", words]), let signature = folder.read("message.signed") else { return nil }
        return "\(head).\(body).\(Self.base64(signature))"
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let sum = checksum(bytes)
        return coded(bytes + [UInt8(sum & 0xff), UInt8(sum >> 8)], bits: 5, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        coded(bytes, bits: 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    }

    /// Without padding.
    private static func coded(_ bytes: [UInt8], bits: Int, _ alphabet: String) -> String {
        let alphabet = Array(alphabet)
        var text = ""
        var (kept, count) = (0, 0)
        for byte in bytes {
            kept = (kept << 8 | Int(byte)) & 0xffff
            count += 8
            while count >= bits {
                count -= bits
                text.append(alphabet[kept >> count & (1 << bits - 1)])
            }
        }
        if count > 0 { text.append(alphabet[kept << (bits - count) & (1 << bits - 1)]) }
        return text
    }

    /// CRC-16 by the polynomial 0x1021, from 0 on.
    private static func checksum(_ bytes: [UInt8]) -> UInt16 {
        bytes.reduce(0) { sum, byte in
            (0..<8).reduce(sum ^ UInt16(byte) << 8) { sum, _ in sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021 }
        }
    }
}
