/// The pictures of an article, with their captions, in the order of the page.
struct ArticlePictures {
    struct Picture {
        var node: PageTree.Node
        var url: String
        var alternative: String?
        var caption: String?
    }

    private(set) var pictures: [Picture] = []

    private static let maximum = 200
    /// Where there are more, they are the same ones over and over.
    private static let mostLookedAt = 2000
    /// Smaller ones are icons and what counts readers.
    private static let leastSide = 48

    init(_ reader: BodyReader) {
        let tree = reader.tree
        let dropped = reader.droppedElements.sorted { $0.lowerBound < $1.lowerBound }
        var known = Set<String>()
        var looked = 0
        var passed = 0
        var droppedEnd = 0
        for container in reader.containers {
            for node in container..<tree.end(container) where tree.element(node) == .img {
                while passed < dropped.count, dropped[passed].lowerBound <= node {
                    droppedEnd = max(droppedEnd, dropped[passed].upperBound)
                    passed += 1
                }
                looked += 1
                if looked > Self.mostLookedAt { return }
                guard node >= droppedEnd, pictures.count < Self.maximum, !Self.isSmall(tree, node),
                    let url = Self.source(tree, node), known.insert(url).inserted
                else { continue }
                pictures.append(
                    Picture(
                        node: node, url: url, alternative: tree.attribute("alt", of: node),
                        caption: Self.caption(reader, of: node, in: container)))
            }
        }
    }

    private static func isSmall(_ tree: PageTree, _ node: PageTree.Node) -> Bool {
        for name in ["width", "height"] as [StaticString] {
            if let value = tree.attribute(name, of: node), let side = Int(value.prefix { $0.isNumber }),
                side < leastSide
            {
                return true
            }
        }
        return false
    }

    /// The picture itself, where a page has a script put it in the place of another.
    private static func source(_ tree: PageTree, _ node: PageTree.Node) -> String? {
        for name in ["data-src", "data-original", "data-lazy-src", "src"] as [StaticString] {
            if let value = tree.attribute(name, of: node), let url = tree.webURL(value), !value.hasPrefix("data:") {
                return url
            }
        }
        for name in ["data-srcset", "srcset"] as [StaticString] {
            guard let first = tree.attribute(name, of: node)?.split(separator: " ").first else { continue }
            if let url = tree.webURL(String(first.hasSuffix(",") ? first.dropLast() : first)) { return url }
        }
        return nil
    }

    private static func caption(_ reader: BodyReader, of picture: PageTree.Node, in container: PageTree.Node) -> String?
    {
        for place in reader.tree.ancestors(picture).prefix(5) {
            if place == container { return nil }
            let range = reader.sums.blocks(in: place..<reader.tree.end(place))
            if range.isEmpty { continue }
            let captions = range.filter { reader.blocks[$0].dropped == .caption }
            // More than a caption around it: what is beside it belongs to something else.
            guard !captions.isEmpty, captions.count == range.count || reader.tree.element(place) == .figure else {
                return nil
            }
            return captions.prefix(3).map { reader.tree.text(of: reader.blocks[$0], without: reader.unseen) }
                .joined(separator: " ")
        }
        return nil
    }
}
