internal import Configuration
internal import FeedModel
internal import JSONText

/// `MinifluxFeedWriter` writes feeds as Miniflux does: alone, and in each entry.
struct MinifluxFeedWriter: Sendable {
    private let desk: ReaderDesk
    private let user: UInt32
    private let categories: [TagKey: MinifluxEndpoints.MinifluxCategory]

    init(_ desk: ReaderDesk) throws(WebFailure) {
        self.desk = desk
        user = try desk.user()
        categories = Dictionary(
            try desk.numberedCategories().map { (TagKey($0.title), $0) }, uniquingKeysWith: { first, _ in first })
    }

    func append(_ feed: ReaderFeed, to json: inout JSONWriter) throws(WebFailure) {
        let state: FeedState? = if let place = feed.place { try desk.snapshot.state(place) } else { nil }
        let category: MinifluxEndpoints.MinifluxCategory
        if let known = categories[TagKey(feed.category)] {
            category = known
        } else {
            // Of a feed that is not configured any more.
            let number = try desk.call.house.parts.numbers.numbers(ofTags: [feed.category])[0]
            category = MinifluxEndpoints.MinifluxCategory(number: number, title: feed.category)
        }
        json.beginObject()
        json.member("id", feed.number)
        json.member("user_id", user)
        json.member("feed_url", feed.url)
        json.member("site_url", feed.siteURL)
        json.member("title", feed.title)
        json.member("description", "")
        json.member("checked_at", Self.text(state?.lastPoll))
        json.member("next_check_at", Self.text(state?.nextPoll))
        json.member("etag_header", "")
        json.member("last_modified_header", "")
        json.member("parsing_error_message", state?.failure?.message ?? "")
        json.member("parsing_error_count", state?.failures ?? 0)
        for key: StaticString in [
            "scraper_rules", "rewrite_rules", "blocklist_rules", "keeplist_rules", "urlrewrite_rules", "user_agent",
            "cookie", "username", "password", "apprise_service_urls",
        ] {
            json.member(key, "")
        }
        json.key("disabled")
        json.bool(feed.place.map { !desk.snapshot.feed($0).enabled } ?? true)
        for key: StaticString in [
            "crawler", "ignore_http_cache", "allow_self_signed_certificates", "fetch_via_proxy", "hide_globally",
            "no_media_player", "disable_http2",
        ] {
            json.key(key)
            json.bool(false)
        }
        json.key("category")
        category.append(to: &json, user: user)
        json.key("icon")
        json.null()
        json.endObject()
    }

    /// The zero of Go's times, which Miniflux has where there is none.
    private static func text(_ time: Timestamp?) -> String { time?.description ?? "0001-01-01T00:00:00Z" }
}
