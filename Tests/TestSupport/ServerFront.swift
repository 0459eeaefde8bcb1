/// What stands in front of a server on 127.0.0.1 and passes on what is said (`Tests/Network/front.py`). Gone with its last
/// reference.
package enum ServerFront {
    private static let script = "\(Checkout.root)/Tests/Network/front.py"

    /// Ends TLS with that certificate; what is said then goes to the server at `port`.
    package static func tls(_ certificate: SelfSignedCertificate, port: UInt16) -> ListeningProgram? {
        ListeningProgram("python3", [script, "tls", "\(port)", certificate.file, certificate.keyFile])
    }

    /// A proxy that takes CONNECT, and leads to the server at `port`, whichever was asked for.
    package static func proxy(port: UInt16) -> ListeningProgram? {
        ListeningProgram("python3", [script, "proxy", "\(port)"])
    }
}
