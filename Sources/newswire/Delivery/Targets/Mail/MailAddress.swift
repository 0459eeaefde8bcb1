internal import Text

/// An address of mail that stands in a header and in a command of SMTP as it is: letters, digits and a few signs of ASCII,
/// without a display name, quotes or comments (RFC 5321 §4.1.2).
struct MailAddress: Equatable, Sendable, CustomStringConvertible {
    let local: String
    let domain: String

    /// What is wrong with it, as the rest of a sentence that begins with the address.
    struct Problem: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    init(_ text: String) throws(Problem) {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw Problem(
                description:
                    "has characters beyond ASCII, which few servers take in an address; write a domain as xn--…")
        }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isLocalPart(parts[0]), Self.isDomain(parts[1]) else {
            throw Problem(description: "is no address such as desk@example.org")
        }
        (local, domain) = (String(parts[0]), String(parts[1]))
    }

    private static func isLocalPart(_ text: Substring) -> Bool {
        text.utf8.count <= 64
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty
                    && atom.utf8.allSatisfy { $0.isASCIIAlphanumeric || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
            }
    }

    private static func isDomain(_ text: Substring) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") }
            }
    }

    var description: String { "\(local)@\(domain)" }
}
