private import CLibXML2

extension FeedParser {
    /// Which libxml2 is in use: `2.9.14`.
    package static var libxml2Version: String {
        // `20914` and perhaps more behind it.
        let digits = String(cString: newswire_xml_version()).prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return "unknown" }
        return "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
    }
}
