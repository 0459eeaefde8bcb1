package import Digest

/// What an answer depends on: the URL and the parts of the request that newswire can vary (polling.md §2.7).
///
/// Validators of one signature are never sent with another. Of secrets only 16 bits go in: enough to notice a change,
/// too few to guess the secret from what is stored.
package struct RequestSignature: Sendable, Hashable {
    package let hash: Hash128

    package init(hash: Hash128) {
        self.hash = hash
    }

    /// - Parameters:
    ///   - url: of this request, without userinfo and fragment.
    ///   - headers: the custom headers and credentials that are sent to that URL.
    init(
        url: String, userAgent: String, accept: String, headers: [FetchRequest.Header],
        certificate: ClientCertificate? = nil
    ) {
        var text: [UInt8] = []
        text.reserveCapacity(url.utf8.count + userAgent.utf8.count + accept.utf8.count + 64)
        for part in [url, userAgent, accept] {
            text.append(contentsOf: part.utf8)
            text.append(0)
        }
        if !headers.isEmpty || certificate != nil {
            var secrets = MessageDigest(.sha256)
            for header in headers {
                text.append(contentsOf: header.name.lowercased().utf8)
                text.append(0)
                secrets.update(Array(header.name.lowercased().utf8) + [0] + Array(header.value.utf8) + [0])
            }
            if let certificate { secrets.update(certificate.certificate) }
            text.append(contentsOf: secrets.finish().prefix(2))
        }
        hash = text.withUnsafeBytes { XXH3.hash128($0) }
    }
}
