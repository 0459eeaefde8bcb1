package import Web

/// `BusSettings` are all that a connection goes by, with its secrets, which were read for it and are not kept longer.
package struct BusSettings: Sendable {
    package var url: BusURL
    /// Articles go to this subject, topic, table or stream.
    package var to: String
    package var user: String?
    package var password: String?
    /// The path names a file of NATS' credentials.
    package var credentialsFile: String?
    package var tls: Bool
    /// The path names certificates in PEM; nil for the system's.
    package var caFile: String?
    /// The path names a certificate in PEM.
    package var clientCert: String?
    /// The path names a key in PEM; nil where it is in the file of the certificate.
    package var clientKey: String?
    package var options: [(name: String, value: String)] = []

    package init(url: BusURL, to: String, tls: Bool) {
        self.url = url
        self.to = to
        self.tls = tls
    }

    /// Returns the value of an option; nil where it is not set.
    package func option(_ name: String) -> String? { options.first { $0.name == name }?.value }

    /// The certificates of the system's authorities, as Debian has them.
    package static let systemCertificates = "/etc/ssl/certs/ca-certificates.crt"
}
