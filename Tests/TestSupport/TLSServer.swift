/// An HTTPS server on 127.0.0.1 with a certificate that it has signed itself, by way of the openssl command: it answers
/// every GET with a page of its own. Gone with its last reference.
package final class TLSServer: Sendable {
    private let made: SelfSignedCertificate
    private let program: ListeningProgram

    package static let isAvailable = SelfSignedCertificate.isPossible

    /// - Parameters:
    ///   - names: subjectAltName of the certificate: `IP:127.0.0.1`, `DNS:example.org`.
    ///   - wantsClientCertificate: whoever shows none that is signed by the server's own is refused.
    package init?(names: String = "IP:127.0.0.1", wantsClientCertificate: Bool = false) {
        guard let made = SelfSignedCertificate(names: names) else { return nil }
        var arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", made.file, "-key", made.keyFile, "-www"]
        if wantsClientCertificate {
            arguments += ["-Verify", "2", "-verify_return_error", "-CAfile", made.file]
        }
        guard let program = ListeningProgram("openssl", arguments) else { return nil }
        self.made = made
        self.program = program
    }

    package var port: UInt16 { program.port }
    /// The certificate in PEM. Trusting it as a CA makes it good.
    package var certificateFile: String { made.file }
    package var certificate: [UInt8]? { made.bytes }
    package var key: [UInt8]? { made.key }

    package func url(_ path: String) -> String { "https://127.0.0.1:\(port)\(path)" }
}
