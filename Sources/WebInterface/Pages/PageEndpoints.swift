/// The pages for people (web.md §4).
enum PageEndpoints {
    static let all: [WebEndpoint] =
        [
            page("/") { try NowPage($0).page },
            page("/feeds") { try FeedsPage($0).page },
            page("/feeds/{id}") { try FeedPage($0).page },
            page("/articles") { try ArticlesPage($0).page },
            page("/articles/{seq}") { try ArticlePage($0).page },
            page("/consumers") { try ConsumersPage($0).page },
            page("/filters") { try FiltersPage($0).page },
            page("/opml") { ListPage($0).page },
            page("/help") { HelpPage($0).page },
            WebEndpoint(.post, "/opml", .page, needs: .read, bodyLimit: ListPage.bodyLimit) { call in
                let context = PageContext(call)
                return try ListPage(context).review().answer(links: context.links, now: context.now)
            },
        ] + FeedActions.all

    private static func page(_ pattern: String, _ make: @escaping @Sendable (PageContext) throws -> Page) -> WebEndpoint
    {
        WebEndpoint(.get, pattern, .page, needs: .read) { call in
            let context = PageContext(call)
            return try make(context).answer(links: context.links, now: context.now, query: context["q"] ?? "")
        }
    }
}
