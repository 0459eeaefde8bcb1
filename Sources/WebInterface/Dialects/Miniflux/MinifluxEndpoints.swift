internal import FeedModel
internal import JSONText

/// `MinifluxEndpoints` are a part of Miniflux's REST API (web.md §9), in the shapes of its version 2.2.0, below each of the
/// folders that readers put in front of it.
enum MinifluxEndpoints {
    static let all: [WebEndpoint] = ["/v1", "/miniflux/v1"].flatMap { prefix in
        func reading(_ path: String, _ handler: @escaping WebEndpoint.Handler) -> WebEndpoint {
            WebEndpoint(.get, prefix + path, .miniflux, needs: .read, handler: handler)
        }
        func changing(
            _ path: String, needs: WebRight = .mark, body: Int = 0, _ handler: @escaping WebEndpoint.Handler
        ) -> WebEndpoint {
            WebEndpoint(.put, prefix + path, .miniflux, needs: needs, bodyLimit: body, handler: handler)
        }
        return [
            reading("/me", me),
            reading("/version", version),
            reading("/integrations/status", integrations),
            reading("/export", export),
            reading("/categories", categories),
            reading("/categories/{category}/feeds", feedsOfCategory),
            reading("/categories/{category}/entries", entries),
            reading("/feeds", feeds),
            reading("/feeds/counters", counters),
            reading("/feeds/{feed}", feed),
            reading("/feeds/{feed}/icon", icon),
            reading("/feeds/{feed}/entries", entries),
            reading("/feeds/{feed}/entries/{entry}", entry),
            reading("/icons/{icon}", icon),
            reading("/entries", entries),
            reading("/entries/{entry}", entry),
            changing("/entries", body: 1 << 20, updateEntries),
            changing("/entries/{entry}/bookmark", toggleStar),
            changing("/entries/{entry}/star", toggleStar),
            changing("/feeds/{feed}/mark-all-as-read", markFeedAsRead),
            changing("/categories/{category}/mark-all-as-read", markCategoryAsRead),
            changing("/users/{user}/mark-all-as-read", markAllAsRead),
            changing("/feeds/refresh", needs: .manage, refreshAll),
            changing("/feeds/{feed}/refresh", needs: .manage, refresh),
        ]
            + [WebRequest.Method.get, .post, .put, .delete].map { method in
                WebEndpoint(
                    method, "\(prefix)/{rest...}", .miniflux, needs: .read, bodyLimit: method == .get ? 0 : 1 << 20,
                    handler: refused)
            }
    }

    // MARK: - Who and what this is

    private static func me(_ call: WebCall) throws -> WebAnswer {
        guard let account = call.caller.account else { throw WebFailure(401, "this needs an account") }
        let number = try call.house.parts.numbers.number(ofAccount: account)
        return json { json in
            json.beginObject()
            json.member("id", number)
            json.member("username", account)
            json.key("is_admin")
            json.bool(false)
            json.member("theme", "system_serif")
            json.member("language", "en_US")
            json.member("timezone", "UTC")
            json.member("entry_sorting_direction", "desc")
            json.member("entry_sorting_order", "published_at")
            json.member("stylesheet", "")
            json.member("google_id", "")
            json.member("openid_connect_id", "")
            json.member("entries_per_page", 100)
            json.key("keyboard_shortcuts")
            json.bool(true)
            json.key("show_reading_time")
            json.bool(true)
            json.key("entry_swipe")
            json.bool(true)
            json.member("gesture_nav", "tap")
            json.member("last_login_at", call.request.receivedAt.description)
            json.member("display_mode", "standalone")
            json.member("default_reading_speed", 265)
            json.member("cjk_reading_speed", 500)
            json.member("default_home_page", "unread")
            json.member("categories_sorting_order", "alphabetical")
            json.key("mark_read_on_view")
            json.bool(false)
            json.member("media_playback_rate", 1)
            json.endObject()
        }
    }

    private static func version(_ call: WebCall) throws -> WebAnswer {
        json { json in
            json.beginObject()
            json.member("version", "2.2.0")
            for key: StaticString in ["commit", "build_date", "go_version", "compiler", "arch", "os"] {
                json.member(key, "")
            }
            json.endObject()
        }
    }

    private static func integrations(_ call: WebCall) throws -> WebAnswer {
        json { json in
            json.beginObject()
            json.key("has_integrations")
            json.bool(false)
            json.endObject()
        }
    }

    // MARK: - What is not done here

    private static func refused(_ call: WebCall) throws -> WebAnswer {
        throw WebFailure(
            403, "this is configured in newswire.toml", hint: "newswire add and newswire import write there.")
    }

    private static func icon(_ call: WebCall) throws -> WebAnswer {
        throw WebFailure(404, "newswire keeps no icons")
    }

    // MARK: - Answers

    static let done = WebAnswer(204, "application/json; charset=utf-8", .bytes([]))

    static func json(_ body: (inout JSONWriter) -> Void) -> WebAnswer {
        var json = JSONWriter()
        body(&json)
        return WebAnswer(200, "application/json; charset=utf-8", .bytes(json.finish()))
    }

    /// The number that stands in the path.
    static func number(_ call: WebCall, _ name: String) throws(WebFailure) -> UInt64 {
        guard let text = call.parameters[name], let number = UInt64(text) else {
            throw WebFailure(404, "no \(name) has that number")
        }
        return number
    }
}
