private import Text

/// `SiteNames` are the names that a site goes by, and take themselves off titles.
struct SiteNames {
    /// As the page writes it; nil where it is only known from the host.
    let name: String?
    /// The names as the page writes them.
    let said: [String]
    /// All forms, as `ComparedWords.squeezed` makes them.
    let forms: Set<String>

    /// A headline has no more parts.
    private static let mostParts = 16
    private static let mostCuts = 5
    /// A longer title is left as it is.
    private static let longestTitle = 1024

    init(of head: PageHead, linked: LinkedArticle?, url: String?) {
        let said = [
            head.metas.first(of: ["og:site_name"]), linked?.publisher,
            head.metas.first(of: [
                "application-name", "apple-mobile-web-app-title", "dc.publisher", "publisher", "copyright",
            ]),
        ].compactMap { $0 }.filter { !$0.isEmpty && $0.utf8.count <= 200 }
        self.said = said
        name = said.first { PageAddress.host(of: $0) == nil }
        var forms = said.map(ComparedWords.squeezed)
        if let handle = head.metas.first(of: ["twitter:site"]) { forms.append(ComparedWords.squeezed(handle)) }
        if let host = url.flatMap(PageAddress.host) {
            forms += PageAddress.names(ofHost: host).map(ComparedWords.squeezed)
        }
        self.forms = Set(forms.filter { $0.utf8.count >= 2 })
    }

    /// Whether a text is the site's name: one of its forms, or that with an article, a department or an ending beside it.
    func isName(_ text: String) -> Bool {
        let words = ComparedWords.words(text)
        guard !words.isEmpty, words.count <= 8 else { return false }
        let squeezed = words.joined()
        if forms.contains(squeezed) { return true }
        guard squeezed.utf8.count >= 3 else { return false }
        return forms.contains { form in
            let (shorter, longer) = form.utf8.count < squeezed.utf8.count ? (form, squeezed) : (squeezed, form)
            return shorter.utf8.count >= 3 && 2 * shorter.utf8.count >= longer.utf8.count
                && (longer.hasPrefix(shorter) || longer.hasSuffix(shorter))
        }
    }

    /// Whether it is one of the names, and nothing more.
    private func isExactly(_ text: Substring) -> Bool { forms.contains(ComparedWords.squeezed(text)) }

    /// The title without the site's name before or behind it, and without the parts that none of the other titles has.
    ///
    /// - Parameter known: headings and other titles. What is left when a part goes is often one of them.
    func removed(from title: String, knowing known: [String]) -> String {
        guard title.utf8.count <= Self.longestTitle else { return title }
        let known = known.filter { $0 != title }.map { ComparedWords.words($0) }
        var rest = Substring(title)
        for _ in 0..<Self.mostCuts {
            guard let shorter = withoutOnePart(rest, known) else { break }
            rest = shorter
        }
        return String(rest)
    }

    private func withoutOnePart(_ title: Substring, _ known: [[String]]) -> Substring? {
        let places = Self.separators(in: title)
        guard let first = places.first, let last = places.last, places.count < Self.mostParts else { return nil }
        func isKnown(_ text: Substring) -> Bool {
            let words = ComparedWords.words(String(text))
            return known.contains { $0 == words }
        }
        let (head, tail) = (Self.trimmed(title[..<last]), Self.trimmed(title[title.index(after: last)...]))
        let (lead, behind) = (Self.trimmed(title[..<first]), Self.trimmed(title[title.index(after: first)...]))
        // A colon stands in headlines as well.
        if !head.isEmpty, title[last] == ":" ? isExactly(tail) : isName(String(tail)) { return head }
        if !behind.isEmpty, title[first] == ":" ? isExactly(lead) : isName(String(lead)) { return behind }
        // Whole is whole, whatever parts it has.
        let isWhole = isKnown(title)
        for place in places where !isWhole || title[place] == "|" {
            let before = Self.trimmed(title[..<place])
            if isKnown(before) { return before }
            let after = Self.trimmed(title[title.index(after: place)...])
            if isKnown(after) { return after }
        }
        // An upright line has nothing else to do in a title.
        if title[last] == "|", ComparedWords.words(String(tail)).count <= 5,
            ComparedWords.words(String(head)).count >= 3
        {
            return head
        }
        return nil
    }

    // MARK: - Separators

    /// Where a mark stands that parts a title: one with a space on each side, a colon with one behind it, an upright line
    /// anywhere.
    private static func separators(in title: Substring) -> [Substring.Index] {
        let scalars = title.unicodeScalars
        var places: [Substring.Index] = []
        var before: Unicode.Scalar = "a"
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let next = scalars.index(after: index)
            let scalar = scalars[index]
            if isSeparator(scalar), index > scalars.startIndex, next < scalars.endIndex {
                let after = scalars[next]
                let isApart = before == " " && (after == " " || isSeparator(after))
                if scalar == "|" || isApart || scalar == ":" && after == " " { places.append(index) }
            }
            before = scalar
            index = next
        }
        return places
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "|", "-", "–", "—", "−", "‑", "»", "«", "›", "‹", "·", "•", "/", "<", ">", "~", ":", "⋆", "✦", "★", "▷":
            true
        case "*", "+", "&": true
        default: false
        }
    }

    /// The text without the marks that stand between parts of a title.
    static func trimmed(_ text: some StringProtocol) -> Substring {
        // These are quotes as well, and then there are two.
        let hasQuotes = text.unicodeScalars.contains("«") && text.unicodeScalars.contains("»")
        let kept = Substring(text).unicodeScalars.trimming { scalar in
            switch scalar {
            case "&", "*": false
            case "«", "»": !hasQuotes
            default: scalar == " " || isSeparator(scalar)
            }
        }
        return Substring(kept)
    }
}
