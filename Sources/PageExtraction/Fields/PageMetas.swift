/// `PageMetas` are the `meta` elements of a page by their names, and the names by which each kind of thing goes.
struct PageMetas {
    /// What is behind this many is not read.
    static let maximumCount = 1000

    /// A longer name is none that anybody asks for.
    static let longestName = 100

    private var contents: [String: [String]] = [:]
    private var count = 0

    /// Takes one with its `property`, `name`, `itemprop` or `http-equiv`.
    mutating func add(name: String, content: String) {
        guard count < Self.maximumCount, !content.isEmpty else { return }
        count += 1
        contents[name.lowercased(), default: []].append(content)
    }

    /// The first value of the first name that has one.
    func first(of names: [String]) -> String? {
        for name in names {
            if let value = contents[name]?.first { return value }
        }
        return nil
    }

    /// All values of these names, in the order of names.
    func all(of names: [String]) -> [String] { names.flatMap { contents[$0] ?? [] } }

    static let titles = [
        "og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "headline", "citation_title",
        "title",
    ]
    static let published = [
        "article:published_time", "article:published", "og:article:published_time", "og:published_time", "og:pubdate",
        "datepublished", "date_published", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued",
        "dcterms.created", "dc.date.created", "dc.created", "dc.date", "dcterms.date", "dc.date.publication",
        "dc.date.published",
        "pubdate", "publishdate", "publish_date", "publish-date", "published-date", "publication_date",
        "publication-date",
        "publicationdate", "published_date", "article.published", "article:create_at", "cxenseparse:recs:publishtime",
        "cxenseparse:publishtime", "rbpubdate", "originalpublicationdate", "article_date_original", "displaydate",
        "bt:pubdate",
        "iso-8601-publish-date", "prism.publicationdate", "citation_publication_date", "citation_date",
        "citation_online_date", "eprints.date", "last-publish", "article:post_date", "article_publication_date",
        "published_at",
        "published_time", "pub_date", "publisheddate", "datecreated", "date.created", "created", "dateposted", "pdate",
    ]
    /// Names that are often of the publication, and often of something else.
    static let perhapsPublished = [
        "date", "time", "release_date", "timestamp", "video:release_date", "og:video:release_date",
    ]
    static let modified = [
        "article:modified_time", "article:modified", "og:article:modified_time", "datemodified", "og:updated_time",
        "dc.date.modified", "dcterms.modified", "dc.modified", "last-modified", "lastmod", "article.updated", "revised",
        "modified", "updated_time", "date_modified", "article:post_modified", "last_updated", "updated_at",
    ]
    static let authors = [
        "author", "article:author", "article:author_name", "article:author:name", "og:article:author", "og:author",
        "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "dc.creator.name", "byl", "byline",
        "authors",
        "article.author", "cxenseparse:author", "citation_author", "rbauthors", "creator", "mediator_author",
        "vr:author",
        "shareaholic:article_author_name", "dcsext.author", "bylines", "article:author-name", "article-author",
        "twitter:creator:name",
    ]
    static let images = [
        "og:image", "og:image:secure_url", "og:image:url", "twitter:image", "twitter:image:src", "parsely-image-url",
        "sailthru.image.full", "image", "thumbnail", "thumbnailurl", "cxenseparse:image",
    ]
    static let languages = [
        "og:locale", "content-language", "language", "dc.language", "dcterms.language", "inlanguage",
    ]
    static let descriptions = [
        "description", "og:description", "twitter:description", "dc.description", "sailthru.description",
    ]
}
