import FeedModel

/// Persons: Atom's with elements inside, RSS's on one line.
extension FeedReader {
    mutating func startPerson(_ element: Element, _ attributes: XMLAttributes) {
        person = PersonDraft(element: element)
        enter(.person)
        // CDF: <AUTHOR VALUE="…"/>.
        if let value = attributes("value") {
            person.author = PersonText.author(value) ?? Author()
            person.isStructured = true
        }
        capture.begin(element, depth: depth, limit: limits.fieldBytes)
    }

    mutating func startInPerson(_ element: Element, _ attributes: XMLAttributes) {
        switch element {
        case .name, .email, .uri, .url:
            person.isStructured = true
            capture.begin(element, depth: depth, limit: limits.fieldBytes)
        default: skip()
        }
    }

    mutating func finishPersonField(_ element: Element) {
        guard let text = capturedText else { return }
        switch element {
        case .name: person.author.name = cut(TextValue(text: text, kind: .unknown).plain, people)
        case .email:
            let address = text.lowercased().hasPrefix("mailto:") ? String(text.dropFirst(7)) : text
            person.author.email = cut(address.whitespaceCollapsed, people)
        case .uri, .url:
            person.author.url = url(text)
        default:
            if !person.isStructured, let author = author(text) { person.author = author }
        }
    }

    /// What the JSON calls those that the open person is one of.
    private var people: String { mutating get { person.element == .contributor ? "contributors" : "authors" } }

    /// A person on one line, which may be HTML.
    private mutating func author(_ text: String) -> Author? {
        var author = PersonText.author(TextValue(text: text, kind: .unknown).plain)
        if let name = author?.name { author?.name = cut(name, people) }
        if let email = author?.email { author?.email = cut(email, people) }
        return author
    }

    /// The person's end tag has come.
    mutating func finishPerson() {
        let author = person.author
        guard author.name != nil || author.email != nil || author.url != nil else { return }
        let limit = limits.listEntries
        let isKept =
            switch (outerScope, person.element) {
            case (.item, .contributor): item.contributors.add(author, limit: limit)
            case (.item, .secondaryAuthor): item.secondaryAuthors.add(author, limit: limit)
            case (.item, _): item.authors.add(author, limit: limit)
            case (.feed, .contributor): feed.contributors.add(author, limit: limit)
            case (.feed, .owner): feed.owners.add(author, limit: limit)
            case (.feed, .secondaryAuthor): feed.secondaryAuthors.add(author, limit: limit)
            case (.feed, _): feed.authors.add(author, limit: limit)
            default: true
            }
        if !isKept { noteCut(people) }
    }
}

extension [Author] {
    /// Appends a person who is not yet there; what one entry lacks, another may have.
    ///
    /// - Returns: false where there is no room for another one.
    mutating func add(_ author: Author, limit: Int) -> Bool {
        for index in indices {
            let known = self[index]
            let sameName = known.name != nil && known.name == author.name
            let sameEmail = known.email != nil && known.email == author.email
            guard sameName || sameEmail else { continue }
            guard known.name == nil || author.name == nil || sameName else { continue }
            guard known.email == nil || author.email == nil || sameEmail else { continue }
            self[index].name = known.name ?? author.name
            self[index].email = known.email ?? author.email
            self[index].url = known.url ?? author.url
            return true
        }
        guard count < limit else { return false }
        append(author)
        return true
    }
}
