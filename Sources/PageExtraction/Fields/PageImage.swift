private import Text

/// `PageImage` chooses the picture that stands for an article, by its URL.
enum PageImage {
    /// The picture that a page gives for the article, or nil: for social networks, then in JSON-LD. Where it gives several,
    /// it is the first one that readers see, too.
    ///
    /// - Parameter shown: the names of the files of the page's pictures.
    static func url(of metadata: PageMetadata, shown: @autoclosure () -> Set<String>) -> String? {
        let said =
            metadata.head.metas.all(of: PageMetas.images) + (metadata.linked?.images ?? []) + metadata.head.imageLinks
        let urls = said.prefix(mostGiven).compactMap { PageAddress.absolute($0, base: metadata.head.base) }
            .filter { !isOrnament($0) }
        guard let first = urls.first, urls.count > 1 else { return urls.first }
        let files = urls.map { fileName($0[...]) }
        if files.allSatisfy({ $0 == files[0] }) { return first }
        let shown = shown()
        return zip(urls, files).first { shown.contains($0.1) }?.0 ?? first
    }

    private static let mostGiven = 8
    private static let mostShown = 1000
    private static let mostInSet = 20
    /// A shorter name may be that of any picture.
    private static let shortestFileName = 9

    /// The names of the files of the pictures that a page shows, in lower case.
    static func shownFiles(in tree: PageTree) -> Set<String> {
        var files: Set<String> = []
        for node in tree.nodes where tree.element(node) == .img || tree.element(node) == .source {
            guard files.count < mostShown else { break }
            for name in ["src", "data-src", "srcset", "data-srcset"] as [StaticString] {
                guard let urls = tree.attribute(name, of: node) else { continue }
                // A set lists URLs with sizes behind them.
                for url in urls.utf8.split(separator: 0x20).prefix(mostInSet) where url.count >= shortestFileName {
                    files.insert(fileName(Substring(url)))
                }
            }
        }
        return files
    }

    /// In lower case; empty for a name that is too short to tell a picture from others.
    private static func fileName(_ url: Substring, shortest: Int = shortestFileName) -> String {
        let path = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let start = path.lastIndex(of: UInt8(ascii: "/")).map { path.index(after: $0) } ?? path.startIndex
        let name = path[start...]
        return name.count < shortest ? "" : String(decoding: name.map(\.asciiLowercased), as: UTF8.self)
    }

    /// The first picture in the article, or right above it, that is large by what the page says of it; nil where none is.
    static func largest(in tree: PageTree, _ place: BodyPlace) -> String? {
        let start = min(place.headline ?? place.container, place.container)
        var best: (url: String, area: Int)?
        var tries = 0
        for node in start..<tree.end(place.container) where tree.element(node) == .img {
            let width = size("width", of: node, in: tree)
            let height = size("height", of: node, in: tree)
            // What says nothing of its size is none of the ornaments as often as not.
            let area = (width ?? 300) * (height ?? 200)
            guard area >= smallestArea, area > best?.area ?? 0 else { continue }
            tries += 1
            if tries > mostTried { break }
            guard let url = source(of: node, in: tree), !isOrnament(url) else { continue }
            best = (url, area)
        }
        return best?.url
    }

    /// So many pictures, each larger than those before, are on no page.
    private static let mostTried = 500
    private static let smallestArea = 120 * 120

    private static func size(_ name: StaticString, of node: PageTree.Node, in tree: PageTree) -> Int? {
        tree.attribute(name, of: node)?.utf8.prefix { $0.isASCIIDigit }.decimalNumber(atMost: 1 << 14)
    }

    /// Pictures that are loaded late have their address beside `src`.
    private static func source(of node: PageTree.Node, in tree: PageTree) -> String? {
        for name in ["data-src", "data-lazy-src", "data-original", "src"] as [StaticString] {
            if let url = tree.webURL(tree.attribute(name, of: node)) { return url }
        }
        return nil
    }

    /// Whether it is a logo, an icon or a counter by the name of its file.
    static func isOrnament(_ url: String) -> Bool {
        let name = fileName(url[...], shortest: 0)
        if name.hasSuffix(".svg") || name.hasSuffix(".ico") { return true }
        let words = name.utf8.split { !$0.isASCIIAlphanumeric }
        return words.contains { ornaments.contains(Substring($0)) }
    }

    private static let ornaments: Set<Substring> = [
        "logo", "logos", "favicon", "icon", "icons", "sprite", "placeholder", "blank", "1x1", "pixel", "spacer",
        "avatar",
        "noimage", "spinner", "loading",
    ]
}
