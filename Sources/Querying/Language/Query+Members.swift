package import FeedModel

extension Query {
    /// The members of a stored record that are looked at when the queries are asked of it (`QueriedArticle.init(_:)`), beside
    /// those that tell what it is.
    package static func members(of queries: [Query]) -> StoredRecord.Members {
        let conditions = queries.flatMap(\.root.conditions)
        return StoredRecord.Members(
            item: unique(conditions.flatMap(\.itemMembers)),
            own: unique(
                ["feed", "kind", "stored_at", "initial", RecordMember.blocked] + conditions.flatMap(\.ownMembers)))
    }

    private static func unique(_ names: [StaticString]) -> [StaticString] {
        var known: Set<String> = []
        return names.filter { known.insert("\($0)").inserted }
    }
}

extension QueryCondition {
    fileprivate var itemMembers: [StaticString] {
        switch self {
        case .words(let field, _), .pattern(.text(let field), _): field.itemMembers
        case .pattern(.host, _), .host: WordField.url.itemMembers
        case .pattern(.category, _), .category: ["tags"]
        case .language: ["language"]
        case .olderThan, .youngerThan: ["date_published"]
        case .has(.body): ["content_html", "content_text"]
        case .has(.image): ["image", "banner_image"]
        case .has(.attachment): ["attachments"]
        case .feed, .tag, .since, .until, .state: []
        }
    }

    fileprivate var ownMembers: [StaticString] {
        switch self {
        case .words(.author, _), .pattern(.text(.author), _): ["author_emails"]
        case .tag: [RecordMember.feedTags, RecordMember.labels]
        case .language: [RecordMember.feedLanguage]
        case .olderThan, .youngerThan: [RecordMember.effectiveDate]
        case .words, .pattern, .host, .feed, .category, .since, .until, .state, .has: []
        }
    }
}

extension WordField {
    fileprivate var itemMembers: [StaticString] {
        switch self {
        case .title: ["title"]
        case .body: ["content_html", "content_text", "summary"]
        case .titleOrBody: Self.title.itemMembers + Self.body.itemMembers
        case .author: ["authors"]
        case .url: ["url", "external_url"]
        }
    }
}
