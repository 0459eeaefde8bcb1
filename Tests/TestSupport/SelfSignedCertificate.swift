import Glibc

/// A certificate that has signed itself, and its key, made by the openssl command. Trusting it as a CA makes it good. Its
/// files are gone with the last reference.
package final class SelfSignedCertificate: Sendable {
    private let folder = TemporaryDirectory()

    package static let isPossible = access("/usr/bin/openssl", X_OK) == 0

    /// Returns nil where openssl does not make one.
    ///
    /// - Parameter names: its subjectAltName: `IP:127.0.0.1`, `DNS:example.org`.
    package init?(names: String) {
        let request = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=test", "-addext", "subjectAltName=\(names)", "-keyout", folder.file("key.pem"), "-out",
            folder.file("cert.pem"),
        ]
        guard let maker = ListeningProgram.spawn("openssl", request) else { return nil }
        var status: Int32 = 0
        waitpid(maker, &status, 0)
        guard status == 0 else { return nil }
    }

    /// In PEM.
    package var file: String { folder.file("cert.pem") }
    package var keyFile: String { folder.file("key.pem") }
    package var bytes: [UInt8]? { folder.read("cert.pem") }
    package var key: [UInt8]? { folder.read("key.pem") }
}
