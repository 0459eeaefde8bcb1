private import Text

/// `PageLanguage` tells the language of a page, as a tag of BCP 47.
enum PageLanguage {
    /// What the page says first; nil where it says nothing that is a tag.
    static func tag(of head: PageHead, linked: LinkedArticle?) -> String? {
        let said = [head.language, linked?.language].compactMap { $0 } + head.metas.all(of: PageMetas.languages)
        return said.lazy.compactMap(tag).first
    }

    /// `en_US` is `en-US`; nil for what is no tag: a language of two or three letters, then parts of letters and digits.
    static func tag(_ text: String) -> String? {
        // Some list several, the page's own first.
        let first = text.split { $0 == "," || $0 == ";" || $0.isWhitespace || $0 == "." }.first ?? ""
        let parts = first.split { $0 == "-" || $0 == "_" }
        guard let language = parts.first, (2...3).contains(language.utf8.count),
            language.utf8.allSatisfy(\.isASCIILetter), parts.count <= 4,
            parts.allSatisfy({ $0.utf8.count <= 8 && $0.utf8.allSatisfy(\.isASCIIAlphanumeric) })
        else { return nil }
        let rest = parts.dropFirst().map { part in
            part.utf8.count == 2 ? part.uppercased() : part.utf8.count == 4 ? part.capitalizedScript : part.lowercased()
        }
        return ([language.lowercased()] + rest).joined(separator: "-")
    }
}

extension Substring {
    fileprivate var capitalizedScript: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
