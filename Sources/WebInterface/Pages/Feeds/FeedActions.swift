internal import Configuration
internal import FeedModel
internal import Text

/// What the buttons of a feed's page do; each leads back to the page.
enum FeedActions {
    /// A form holds no more than a span.
    private static let bodyLimit = 1024

    static let all: [WebEndpoint] = [
        action("poll") { id, context in
            try context.house.parts.service.poll(id, context.house.configuration)
        },
        action("pause") { id, context in
            try context.house.parts.service.pause(id, until: try until(context), context.house.configuration)
        },
        action("resume") { id, context in
            try context.house.parts.service.resume(id, context.house.configuration)
        },
    ]

    private static func action(
        _ name: String, _ work: @escaping @Sendable (FeedIdentifier, PageContext) throws -> Void
    ) -> WebEndpoint {
        WebEndpoint(.post, "/feeds/{id}/\(name)", .page, needs: .manage, bodyLimit: bodyLimit) { call in
            let context = PageContext(call)
            let asked = FeedIdentifier(call.parameters["id"] ?? "")
            let feeds = try context.feeds()
            guard let place = feeds.place(of: asked) else {
                throw WebFailure(404, "there is no feed \(asked.text.cut(100))", hint: "It may have another id by now.")
            }
            let id = feeds.feed(place).id
            try work(id, context)
            let target = context.links.to(["feeds", id.text], [("done", name)])
            return WebAnswer(
                303, "text/plain; charset=utf-8", .bytes([]), headers: WebFields([.init("Location", target)]))
        }
    }

    /// Until when a feed is to be paused; nil for until it is resumed.
    private static func until(_ context: PageContext) throws -> Timestamp? {
        let form = WebFields(encoded: context.call.request.body)
        guard let text = form["for"], !text.isEmpty else { return nil }
        guard let span = ConfigDuration.parse(text) else {
            throw WebFailure(400, "\(text.cut(40)) is no span of time", hint: "Write 1h, 1d or 30m.")
        }
        return context.now.adding(seconds: Int(span.components.seconds))
    }
}
