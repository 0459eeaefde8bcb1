import TestSupport
import Testing

@testable import Identity

@Suite("Host names of other scripts cost no more than their length")
struct PunycodeBoundTests {
    @Test("Punycode encodes a label of a host name, but leaves one alone that is too long for DNS")
    func labels() {
        #expect(CanonicalURL.key("http://bücher.example/") == "//xn--bcher-kva.example/")
        let long = String(repeating: "ü", count: 64)
        #expect(CanonicalURL.key("http://\(long).example/") == "//\(long).example/")
        let (names, plain) = (String(repeating: "üä", count: 450), String(repeating: "ua", count: 900))
        let ratio = ProcessorTime.ratio(
            of: { for _ in 0..<200 { _ = CanonicalURL.key("http://\(names)/") } },
            to: { for _ in 0..<200 { _ = CanonicalURL.key("http://\(plain)/%41") } })
        #expect(ratio < 10, "\(ratio)")
    }
}
