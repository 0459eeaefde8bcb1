/// The many spellings of the labels that families of encodings have.
enum EncodingLabel {
    private static let families: [(name: String, spellings: [String])] = [
        ("windows-125", ["windows-125", "windows125", "win-125", "win125", "cp-125", "cp125", "ansi-125"]),
        ("iso-8859-", ["iso-8859-", "iso8859-", "iso-8859", "iso8859", "8859-", "8859"]),
    ]

    /// The parts of ISO 8859 by the numbers of Latin alphabets, from 1 on.
    private static let latin = [1, 2, 3, 4, 9, 10, 13, 14, 15, 16]

    private static let alphabets = ["arabic": 6, "cyrillic": 5, "greek": 7, "hebrew": 8]

    /// The spelling of IANA's registry for what is of one of the families; nil for anything else.
    ///
    /// - Parameter label: in lower case.
    static func usual(_ label: String) -> String? {
        var label = String(label.map { $0 == "_" ? "-" : $0 })
        // ISO_8859-1:1987, x-cp1252, csISOLatin1.
        if let colon = label.firstIndex(of: ":") { label = String(label[..<colon]) }
        if label.hasPrefix("x-") || label.hasPrefix("cs") { label = String(label.dropFirst(2)) }
        for family in families {
            for spelling in family.spellings where label.hasPrefix(spelling) {
                // What follows the number, such as the order in which Hebrew is written, changes no character.
                let number = number(label.dropFirst(spelling.count))
                return number.isEmpty ? nil : family.name + number
            }
        }
        for spelling in ["isolatin", "latin-", "latin", "l"] where label.hasPrefix(spelling) {
            guard let alphabet = Int(number(label.dropFirst(spelling.count))), alphabet >= 1, alphabet <= latin.count
            else { return nil }
            return "iso-8859-\(latin[alphabet - 1])"
        }
        return alphabets[label].map { "iso-8859-\($0)" }
    }

    private static func number(_ text: Substring) -> Substring {
        text.prefix { $0 >= "0" && $0 <= "9" }
    }
}
