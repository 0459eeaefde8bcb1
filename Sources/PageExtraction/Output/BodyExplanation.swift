private import FeedModel

/// What `newswire extract --explain` prints: why the text is what it is.
enum BodyExplanation {
    static func lines(_ reader: BodyReader, _ page: ExtractedPage) -> [String] {
        var lines = ["quality \((page.quality * 100).rounded() / 100)"]
        for candidate in reader.candidates {
            lines.append(
                "candidate by \(candidate.kind): \(path(reader, candidate.node)): \(candidate.goodCharacters) characters of good "
                    + "text, \(Int(100 * candidate.linkShare)) % in links, score \(Int(candidate.score))")
        }
        if reader.isSelectionMissing {
            lines.append("\(PageSelection.notFound): the selector selects no text, so that the rules have chosen")
        }
        for container in reader.containers { lines.append("container: \(path(reader, container))") }
        for block in reader.blocks {
            let rule = block.dropped.map { "- \($0.rawValue)" } ?? "+"
            let text = reader.tree.text(of: block, without: reader.unseen)
            lines.append(
                "\(rule): \(path(reader, block.owner)): \(block.words) words, \(Int(100 * block.linkShare)) % in links: "
                    + text.prefix(80))
        }
        return lines.map(SafeText.line)
    }

    /// The element and the three around it, with their ids and classes.
    private static func path(_ reader: BodyReader, _ node: PageTree.Node) -> String {
        let tree = reader.tree
        return ([node] + tree.ancestors(node).prefix(3)).reversed().map { place in
            let entry = tree.entries[place]
            let names =
                tree.names.tokens(Int(entry.idName)).prefix(1).map { "#\($0.prefix(40))" }
                + tree.names.tokens(Int(entry.className)).prefix(4).map { ".\($0.prefix(40))" }
            return "\(entry.element)" + names.joined()
        }.joined(separator: " > ")
    }
}
