/// What kinds of warnings a document gave, for counting: `Feed.warnings` says the same to people.
package struct WarningClasses: OptionSet, Sendable, Equatable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// It is in another encoding than it says, or holds what that encoding does not have.
    package static let encoding = WarningClasses(rawValue: 1)
    /// It is not well-formed: XML that was mended, JSON that breaks its rules.
    package static let markup = WarningClasses(rawValue: 2)
    /// Dates without a zone, or that cannot be read.
    package static let dates = WarningClasses(rawValue: 4)
    /// Fields or items beyond what is taken.
    package static let limits = WarningClasses(rawValue: 8)
    /// It ends early.
    package static let truncated = WarningClasses(rawValue: 16)

    /// One word for each class that is in it.
    package var names: [String] {
        let all: [(WarningClasses, String)] = [
            (.encoding, "encoding"), (.markup, "markup"), (.dates, "dates"), (.limits, "limits"),
            (.truncated, "truncated"),
        ]
        return all.filter { contains($0.0) }.map(\.1)
    }
}
