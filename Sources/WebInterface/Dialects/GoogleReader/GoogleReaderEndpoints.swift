internal import FeedModel
internal import JSONText

/// `GoogleReaderEndpoints` are the Google Reader dialect, as FreshRSS and Miniflux speak it (web.md §8), below each of the
/// folders that readers put in front of it.
enum GoogleReaderEndpoints {
    static let all: [WebEndpoint] = GoogleReaderPath.prefixes.flatMap(endpoints)

    private static func endpoints(below prefix: String) -> [WebEndpoint] {
        let api = "\(prefix)/reader/api/0"
        let read: [(path: String, handler: WebEndpoint.Handler)] = [
            ("token", token), ("user-info", userInfo), ("subscription/list", subscriptions), ("tag/list", tags),
            ("unread-count", unreadCount), ("stream/items/ids", itemIDs), ("stream/items/contents", itemContents),
            ("stream/contents", streamContents), ("stream/contents/{stream...}", streamContents),
        ]
        var endpoints = login(prefix)
        for (path, handler) in read { endpoints += reading("\(api)/\(path)", handler) }
        for (path, handler) in [("edit-tag", editTag), ("mark-all-as-read", markAllAsRead)] {
            endpoints.append(posting("\(api)/\(path)", needs: .mark, handler))
        }
        for path in ["subscription/edit", "subscription/quickadd", "subscription/import", "rename-tag", "disable-tag"] {
            endpoints.append(posting("\(api)/\(path)", needs: .read, refused))
        }
        return endpoints + reading("\(prefix)/reader/{rest...}", unknown)
    }

    private static let bodyLimit = 1 << 20

    /// Readers send the same by GET and by POST.
    private static func reading(_ pattern: String, _ handler: @escaping WebEndpoint.Handler) -> [WebEndpoint] {
        [
            WebEndpoint(.get, pattern, .googleReader, needs: .read, handler: handler),
            posting(pattern, needs: .read, handler),
        ]
    }

    private static func posting(
        _ pattern: String, needs: WebRight, _ handler: @escaping WebEndpoint.Handler
    ) -> WebEndpoint {
        WebEndpoint(.post, pattern, .googleReader, needs: needs, bodyLimit: bodyLimit, handler: handler)
    }

    /// Whoever asks here cannot say yet who it is; the access layer looks at what the form says (`GoogleReaderClaim`).
    private static func login(_ prefix: String) -> [WebEndpoint] {
        let pattern = "\(prefix)/accounts/ClientLogin"
        return [
            WebEndpoint(.get, pattern, .googleReader, needs: .nothing, handler: logIn),
            WebEndpoint(.post, pattern, .googleReader, needs: .nothing, bodyLimit: 4096, handler: logIn),
        ]
    }

    // MARK: - Who it is

    private static func logIn(_ call: WebCall) throws -> WebAnswer {
        guard let proof = call.caller.proof else { throw WebIdentification.unknown(.googleReader) }
        return text("SID=\(proof)\nLSID=null\nAuth=\(proof)\n")
    }

    /// Nobody looks at the token again: what is changed needs the header (web.md §8.6).
    private static func token(_ call: WebCall) throws -> WebAnswer {
        text(call.house.parts.readerKey.token(account: try account(call)) + "\n")
    }

    private static func userInfo(_ call: WebCall) throws -> WebAnswer {
        let account = try account(call)
        let number = String(try call.house.parts.numbers.number(ofAccount: account))
        return json { json in
            json.member("userId", number)
            json.member("userName", account)
            json.member("userProfileId", number)
            json.member("userEmail", "")
        }
    }

    private static func account(_ call: WebCall) throws(WebFailure) -> String {
        guard let account = call.caller.account else { throw WebFailure(401, "this needs an account") }
        return account
    }

    // MARK: - What is not done here

    private static func refused(_ call: WebCall) throws -> WebAnswer {
        throw WebFailure(
            403, "feeds, their titles and their tags are configured in newswire.toml",
            hint: "newswire add and newswire import write there; labels are rules of [[filter]].")
    }

    private static func unknown(_ call: WebCall) throws -> WebAnswer {
        throw WebFailure(
            404, "there is no such request in the Google Reader dialect of newswire",
            hint: "Feeds are configured in newswire.toml.")
    }

    // MARK: - Answers

    static func text(_ text: String) -> WebAnswer {
        WebAnswer(200, "text/plain; charset=utf-8", .bytes(Array(text.utf8)))
    }

    static func json(_ body: (inout JSONWriter) throws -> Void) rethrows -> WebAnswer {
        var json = JSONWriter()
        json.beginObject()
        try body(&json)
        json.endObject()
        return WebAnswer(200, "application/json; charset=utf-8", .bytes(json.finish()))
    }
}
