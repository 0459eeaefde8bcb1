import JSONText

/// `RecordStanding` says whether the rules of the configuration let a record through (filters.md §2).
///
/// It is written into the record's tail, right behind what the poll wrote, and nothing is written of a record that
/// passed as all do:
///
///     standing = "" | `"released":true,` | `"blocked":"` name `",` [ `"shown":true,` ]
///     name     = 1 to 64 of A–Z a–z 0–9 . _ -
///
/// A publisher cannot make a record look as if it had one. Behind a comma of the object stands a whole member, whose
/// name is newswire's own; and what a publisher says is in the string of a value, where each quote has a backslash
/// before it, so that `"blocked":"` never stands in it.
package enum RecordStanding: Sendable, Equatable {
    /// No rule has blocked it, nor all versions of its article before it.
    case passed
    /// No rule has blocked it, and all versions of its article before it were blocked.
    case released
    /// The rule of that name has blocked it. An earlier version of its article may have been let through.
    case blocked(by: String, wasShown: Bool)

    /// Tells that a rule has blocked the record.
    package var isBlocked: Bool {
        if case .blocked = self { true } else { false }
    }

    /// Tells that the record and all versions of its article before it were blocked.
    package var isHidden: Bool { if case .blocked(_, wasShown: false) = self { true } else { false } }

    /// A name has at most so many bytes.
    static let nameBytes = 64

    /// No standing is longer.
    static let maximumLength = nameBytes + 32

    static func isName(_ name: String) -> Bool {
        (1...nameBytes).contains(name.utf8.count) && name.utf8.allSatisfy(isNameByte)
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Appends the members, each with the comma behind it.
    func append(to bytes: inout ByteBuffer) {
        switch self {
        case .passed: break
        case .released: bytes.append(#""released":true,"#)
        case .blocked(let name, let wasShown):
            bytes.append(#""blocked":""#)
            bytes.append(name)
            bytes.append(wasShown ? #"","shown":true,"# : #"","#)
        }
    }

    /// Reads what `append` has written, from its end. Where something else stands there the scan stays where it is.
    init(_ scan: inout BackwardScan) {
        self = .passed
        var rest = scan
        if rest.take("true,") {
            if rest.take(#""released":"#) {
                self = .released
                scan = rest
                return
            }
            guard rest.take(#","shown":"#) else { return }
            guard let name = Self.takeBlocked(&rest) else { return }
            self = .blocked(by: name, wasShown: true)
            scan = rest
        } else if rest.take(","), let name = Self.takeBlocked(&rest) {
            self = .blocked(by: name, wasShown: false)
            scan = rest
        }
    }

    private static func takeBlocked(_ scan: inout BackwardScan) -> String? {
        guard scan.take("\""), let name = scan.take(while: isNameByte, atMost: nameBytes), !name.isEmpty,
            scan.take(#""blocked":""#)
        else { return nil }
        return name
    }
}
