private import Text

/// `NameDifference` says in what two ids, or two links, differ: where all else is the same, a token says nothing of the
/// article, and what counts may be its number or its day (identity.md §5.5).
enum NameDifference {
    case none
    /// Each part in which they differ is one that counts nothing: a session, a hash, a random number.
    case token
    /// Some part in which they differ counts: a number of up to nine digits, or several, as dates have.
    case count
    /// They have other parts, or only one is there.
    case other

    init(from old: String?, to new: String?) {
        guard old != new else {
            self = .none
            return
        }
        guard let old, let new else {
            self = .other
            return
        }
        let (oldParts, newParts) = (Self.parts(of: old), Self.parts(of: new))
        guard oldParts.count == newParts.count else {
            self = .other
            return
        }
        self = zip(oldParts, newParts).contains { $0 != $1 && Self.counts($0, $1) } ? .count : .token
    }

    /// Whether it leaves open that both name one article.
    var isIdle: Bool { self == .none || self == .token }

    private typealias Part = Substring.UTF8View

    private static func parts(of text: String) -> [String] {
        text.utf8.split(omittingEmptySubsequences: false) { byte in
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "="),
                UInt8(ascii: "#"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "_"), UInt8(ascii: "|"), 0x20:
                true
            default: false
            }
        }.map { String(Substring($0)) }
    }

    /// Whether two parts differ in nothing but numbers.
    private static func counts(_ old: String, _ new: String) -> Bool {
        func words(_ text: String) -> [Part] {
            text.utf8.split(omittingEmptySubsequences: false) { !$0.isASCIIAlphanumeric && $0 < 0x80 }
        }
        let (oldWords, newWords) = (words(old), words(new))
        guard oldWords.count == newWords.count else { return false }
        return zip(oldWords, newWords).allSatisfy { $0.elementsEqual($1) || counts($0, $1) }
    }

    /// Whether two words are the same but for a number.
    private static func counts(_ old: Part, _ new: Part) -> Bool {
        // The number is all of the digits around the place where they differ.
        let start = zip(old, new).prefix { $0 == $1 && !$0.isASCIIDigit }.count
        let (oldRest, newRest) = (old.dropFirst(start), new.dropFirst(start))
        let (oldNumber, newNumber) = (oldRest.prefix { $0.isASCIIDigit }, newRest.prefix { $0.isASCIIDigit })
        return !(oldNumber.isEmpty && newNumber.isEmpty) && max(oldNumber.count, newNumber.count) <= 9
            && oldRest.dropFirst(oldNumber.count).elementsEqual(newRest.dropFirst(newNumber.count))
    }
}
