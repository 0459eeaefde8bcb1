import Identity

@testable import FeedParsing

/// A reference, and behind a line break the base that it is resolved against.
enum URLFuzzing {
    static func run(_ bytes: [UInt8]) {
        let halves = bytes.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
        let reference = String(decoding: halves.first ?? [], as: UTF8.self)
        // Bases have been resolved themselves.
        let base = halves.count > 1 ? URLResolution.resolve(String(decoding: halves[1], as: UTF8.self), base: nil) : nil
        if let url = URLResolution.resolve(reference, base: base) {
            let again = URLResolution.resolve(url, base: base)
            demand(again == url, "an absolute URL resolves to itself", "\(url)\n\(again ?? "nil")")
            _ = CanonicalURL.key(url)
        }
        let key = CanonicalURL.key(reference, ownHosts: ["feed.example"])
        if reference.hasPrefix("http://") {
            let other = "https://" + reference.dropFirst(7)
            // One byte more may be one too many.
            if other.utf8.count <= CanonicalURL.maximumLength {
                demand(CanonicalURL.key(other, ownHosts: ["feed.example"]) == key, "keys know no scheme", reference)
            }
        }
    }
}
