/// `PageAuthors` chooses the source whose names of authors count: JSON-LD, then `meta` elements, then what the page shows.
///
/// The first one that has a person counts. Where those before it have an organisation, the person has two names, since a
/// single word may be anything. A `meta` element that lists those of JSON-LD and more is the whole list.
enum PageAuthors {
    /// A list that is so much longer names others than authors.
    private static let mostAdded = 5

    static func names(of metadata: PageMetadata, marks: PageMarks) -> [String] {
        var linked = AuthorNames(siteNames: metadata.site.forms)
        for name in metadata.linked?.authors ?? [] { linked.add(name.text, isOrganization: name.isOrganization) }
        let metas = PageMetas.authors.compactMap { name -> AuthorNames? in
            let texts = metadata.head.metas.all(of: [name])
            if texts.isEmpty { return nil }
            var names = AuthorNames(siteNames: metadata.site.forms)
            for text in texts { names.add(text) }
            return names
        }
        if !linked.persons.isEmpty { return wholeList(of: linked.persons, among: metas) }
        if let source = metas.first(where: { $0.persons.contains(where: isWhole) }) { return source.persons }
        let marked = visible(marks, [.marked], metadata.site)
        if let source = marked.first(where: { $0.persons.contains(where: isWhole) }) { return source.persons }
        let shown = visible(marks, [.named, .line], metadata.site)
        let organization = ([linked] + metas).first { !$0.names.isEmpty && $0.persons.isEmpty }
        if organization != nil, let source = shown.first(where: { $0.persons.contains(where: isWhole) }) {
            return source.persons.filter(isWhole)
        }
        let others = organization == nil ? shown + visible(marks, [.distant], metadata.site) : []
        let source = (metas + marked + others).first { !$0.persons.isEmpty }
        return source?.persons ?? organization?.names ?? (marked + others).first { !$0.names.isEmpty }?.names ?? []
    }

    /// Whether a name has two words, or is of a script that does not show them.
    private static func isWhole(_ name: String) -> Bool { name.contains(" ") || !name.utf8.allSatisfy { $0 < 0x80 } }

    private static func wholeList(of persons: [String], among metas: [AuthorNames]) -> [String] {
        let known = Set(persons.map(ComparedWords.squeezed))
        let whole = metas.first { names in
            names.persons.count > persons.count && names.persons.count <= persons.count + mostAdded
                && known.isSubset(of: names.persons.map(ComparedWords.squeezed))
        }
        return whole?.persons ?? persons
    }

    /// The names in each place where the page shows authors in these ways. Those that are marked belong together.
    private static func visible(
        _ marks: PageMarks, _ kinds: [PageMarks.Byline.Kind], _ site: SiteNames
    ) -> [AuthorNames] {
        func names(_ texts: [String]) -> AuthorNames {
            var names = AuthorNames(siteNames: site.forms)
            // A marked word may be the name by which somebody is known on the site.
            for text in texts { names.add(text, isVisible: kinds != [.marked] || text.contains(" ")) }
            return names
        }
        let bylines = kinds.flatMap { marks.bylines($0) }
        if kinds == [.marked] { return [names(bylines.map(\.text))] }
        return bylines.flatMap { [names($0.parts), names([$0.text])] }
    }
}
