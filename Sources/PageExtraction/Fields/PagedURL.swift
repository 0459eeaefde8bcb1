private import Text

/// `PagedURL` is a URL taken apart by where a page's number may stand in it: `?page=2`, `/2` or `/page/2`, `-2.html`.
struct PagedURL {
    /// The URL without its fragment.
    let url: String
    /// The URL as one that has no number.
    private let plain: Rest
    /// The numbers that may be a page's, one for each place at most.
    private let numbered: [Numbered]

    /// A URL without the number of a page. What only says where a reader came from is not in it, nor a slash at the end.
    private struct Rest: Equatable {
        var origin: Substring
        var path: Substring
        var query: [Substring]

        init(_ origin: Substring, _ path: Substring, _ query: [Substring]) {
            self.origin = origin
            self.path = path.last == "/" ? path.dropLast() : path
            self.query = query
        }
    }

    private struct Numbered {
        /// What stands before the number: numbers in different places do not go on with one another.
        var place: Substring
        var number: Int
        var rest: Rest
    }

    /// Nil for what is no absolute URL.
    init?(_ text: String) {
        url = String(text.prefix { $0 != "#" })
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        let origin = url[..<authority.endIndex]
        let path = url[authority.endIndex...].prefix { $0 != "?" }
        let query = url[path.endIndex...].dropFirst().split(separator: "&").filter { !$0.hasPrefix("utm_") }
        plain = Rest(origin, path, query)
        numbered = [
            Self.parameter(origin, path, query), Self.segment(origin, path, query),
            Self.wordAndSegment(origin, path, query), Self.ending(origin, path, query),
        ].compactMap { $0 }
    }

    /// Which numbers it has as a page of the article that has that page: those behind the page's own number, and where its own URL
    /// has none, or one that is no page's, all. `isNext` says of each whether it is the one behind it.
    func numbers(behind own: PagedURL) -> [(number: Int, isNext: Bool)] {
        var found: [(number: Int, isNext: Bool)] = []
        for mine in numbered {
            if mine.rest == own.plain { found.append((mine.number, mine.number == 2)) }
            for other in own.numbered
            where other.place == mine.place && other.rest == mine.rest && other.number < mine.number {
                found.append((mine.number, mine.number == other.number + 1))
            }
        }
        return found
    }

    // MARK: Where a number may stand

    private static let parameters: Set<Substring> = [
        "page", "paged", "pagenum", "page_num", "pageno", "page_no", "currentpage", "pg", "seite", "pagina", "strona",
        "strana", "sida",
    ]
    private static let words: Set<Substring> = ["page", "seite", "pagina", "strona", "strana", "sida", "pag"]
    private static let endings: Set<Substring> = ["html", "htm", "shtml", "xhtml", "php", "asp", "aspx", "jsp"]

    /// A number of one or two digits: what has more is something else's.
    private static func number(_ text: Substring) -> Int? {
        guard text.utf8.count <= 2, text.utf8.allSatisfy(\.isASCIIDigit), text.first != "0" || text == "0" else {
            return nil
        }
        return Int(text)
    }

    private static func parameter(_ origin: Substring, _ path: Substring, _ query: [Substring]) -> Numbered? {
        for (index, field) in query.enumerated() {
            let name = field.prefix { $0 != "=" }
            guard parameters.contains(Substring(name.lowercased())),
                let number = number(field.dropFirst(name.count + 1))
            else { continue }
            var rest = query
            rest.remove(at: index)
            return Numbered(place: "?\(name)", number: number, rest: Rest(origin, path, rest))
        }
        return nil
    }

    private static func segment(_ origin: Substring, _ path: Substring, _ query: [Substring]) -> Numbered? {
        let path = path.last == "/" ? path.dropLast() : path
        guard let slash = path.lastIndex(of: "/"), let number = number(path[path.index(after: slash)...]) else {
            return nil
        }
        return Numbered(place: "/", number: number, rest: Rest(origin, path[..<slash], query))
    }

    private static func wordAndSegment(_ origin: Substring, _ path: Substring, _ query: [Substring]) -> Numbered? {
        guard let plain = segment(origin, path, query), let slash = plain.rest.path.lastIndex(of: "/") else {
            return nil
        }
        let word = Substring(plain.rest.path[slash...].dropFirst().lowercased())
        guard words.contains(word) else { return nil }
        return Numbered(
            place: "/\(word)/", number: plain.number, rest: Rest(origin, plain.rest.path[..<slash], query))
    }

    private static func ending(_ origin: Substring, _ path: Substring, _ query: [Substring]) -> Numbered? {
        guard let dot = path.lastIndex(of: "."), endings.contains(Substring(path[dot...].dropFirst().lowercased()))
        else { return nil }
        let stem = path[..<dot]
        guard let mark = stem.lastIndex(where: { $0 == "-" || $0 == "_" }), mark > stem.startIndex,
            let number = number(stem[stem.index(after: mark)...])
        else { return nil }
        let bare = Substring(stem[..<mark] + path[dot...])
        return Numbered(place: Substring(String(stem[mark])), number: number, rest: Rest(origin, bare, query))
    }
}
