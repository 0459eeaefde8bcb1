internal import FeedModel

extension OptionKind where Value == PollingHours {
    /// Times of day in a time zone: `"06:00-22:00 Europe/Berlin"`.
    static var hours: Self {
        Self(
            example: "\"06:00-22:00 Europe/Berlin\"",
            read: { node, context in
                guard let text = context.text(node) else { return nil }
                do throws(PollingHours.Refusal) {
                    return try PollingHours(text, rules: TimeZoneFiles.rules)
                } catch {
                    context.error("\(TOMLText.quoted(text)) \(error.message)", at: node)
                    return nil
                }
            },
            text: { TOMLText.quoted($0.description) })
    }
}

/// `TimeZoneFiles` finds the rules of time zones where the system keeps them.
enum TimeZoneFiles {
    private static let directory = "/usr/share/zoneinfo"
    /// Bytes; the longest of them has a few thousand.
    private static let largest = 1 << 17

    /// Returns the rules of a zone by its name; nil where the system does not know it.
    static func rules(_ name: String) -> TimeZoneRules? {
        let isName =
            name.utf8.count <= 64 && !name.hasPrefix("/") && !name.contains("..")
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || "/_-+".utf8.contains(byte)
            }
        guard isName else { return nil }
        let content = Result { () throws(FileReader.Failure) in
            try FileReader.read("\(directory)/\(name)", limit: largest)
        }
        return (try? content.get()).flatMap { TimeZoneRules($0.bytes) }
    }
}
