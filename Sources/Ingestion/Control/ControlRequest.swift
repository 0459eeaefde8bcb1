package import Archiving
internal import ArticleStore
package import FeedModel
package import JSONText
private import Locking

/// `ControlRequest` is what a command asks of the running service: one line of JSON over its control socket
/// (docs/operating.md).
package enum ControlRequest: Sendable, Equatable {
    /// Poll these feeds, none meaning all, and report each.
    case poll(feeds: [FeedIdentifier], selection: PollSelection, isDryRun: Bool)
    /// How the service is, in one object.
    case status
    /// The metrics as Prometheus reads them, in one string.
    case metrics
    /// Poll these feeds no more, none meaning all, until a time or for good.
    case pause(feeds: [FeedIdentifier], until: Timestamp?)
    case resume(feeds: [FeedIdentifier])
    /// Remove what was stored before a time, as `ArticleStore.expire` does, and report in one object what that was.
    ///
    /// - Parameter isByClock: the time is a span before now; the service refuses that while its clock is in doubt.
    case expire(before: Timestamp, isByClock: Bool, isForced: Bool, isDryRun: Bool)
    /// Read the pages of the archive at these places again, and store what differs from what the store has (docs/spec/fulltext.md
    /// §10).
    ///
    /// - Parameter extractor: the number of the rules by which the asker has compared.
    case reread(places: [ArchivePlace], extractor: Int)
    /// Hold this consumer of the fleet for as long as the connection is open (docs/spec/fleet.md §7).
    ///
    /// - Parameter seq: where the asker stands with it, or would begin; nil where it is not to begin.
    case takeConsumer(String, seq: UInt64?)
    /// Let this consumer of the fleet go that the asker had, so that another machine may have it.
    case freeConsumer(String)
    /// Forget this consumer of the fleet.
    case forgetConsumer(String)
    /// Read the configuration anew, and say whether it was right.
    case reload
    /// Say whether the service has the store that the request is for.
    case store
    /// Say by which configuration the service runs, and on which store. It is for whatever service listens, and names no
    /// store.
    case service

    /// Whether it takes something away that nobody can bring back. The group of the socket may not do that.
    var isForOwner: Bool {
        if case .expire(_, _, _, isDryRun: false) = self { true } else { false }
    }

    /// Whether the answer may take its time: polls wait for hosts, and much is removed slowly.
    var mayWait: Bool {
        switch self {
        case .poll, .expire, .reread, .takeConsumer: true
        case .status, .metrics, .pause, .resume, .freeConsumer, .forgetConsumer, .reload, .store, .service: false
        }
    }

    /// Bytes that a request may have: some 20 000 ids. Who means all feeds names none.
    static let maximumLength = 1 << 20

    /// The requests that poll these feeds, none meaning all: as many as it takes for each to be short enough.
    package static func polls(
        of feeds: [FeedIdentifier], selection: PollSelection, isDryRun: Bool
    ) -> [ControlRequest] {
        // What stands in a request besides ids is shorter than this.
        let room = maximumLength - 1024
        var parts: [[FeedIdentifier]] = [[]]
        var length = 0
        for feed in feeds {
            // With its quotes and comma; no byte of an id needs more than six in JSON.
            let needed = feed.text.utf8.reduce(3) { $0 + ($1 >= 0x20 && $1 < 0x7f && $1 != 0x22 && $1 != 0x5c ? 1 : 6) }
            if length + needed > room, length > 0 {
                parts.append([])
                length = 0
            }
            parts[parts.count - 1].append(feed)
            length += needed
        }
        return parts.map { .poll(feeds: $0, selection: selection, isDryRun: isDryRun) }
    }

    /// `Refusal` says why a request is not done.
    package struct Refusal: Error, Equatable {
        /// The message is a sentence for people, without a full stop.
        package let message: String
        /// Whether the service has another store.
        var isOtherStore = false
    }

    /// - Parameter store: the service's.
    init(_ line: [UInt8], for store: StoreIdentity) throws(Refusal) {
        guard let json = try? JSONParser.parse(line).value, let command = json["command"]?.string else {
            throw Refusal(message: "a request is one line of JSON: {\"command\":\"status\"}")
        }
        if command == "service" {
            self = .service
            return
        }
        guard let wanted = json["store"]?.string else {
            throw Refusal(
                message: "a request says which store it is for: \"store\" is what `stat -c %d:%i` prints of its "
                    + "directory; a newswire of another version may not say it")
        }
        guard wanted == store.text else {
            throw Refusal(message: "the service that listens here has another store", isOtherStore: true)
        }
        let feeds = (json["feeds"]?.array ?? []).compactMap(\.string).map(FeedIdentifier.init)
        switch command {
        case "poll":
            guard let selection = PollSelection(rawValue: json["selection"]?.string ?? PollSelection.all.rawValue)
            else { throw Refusal(message: "\"selection\" is due, all or force") }
            self = .poll(feeds: feeds, selection: selection, isDryRun: json["dry_run"]?.bool ?? false)
        case "status": self = .status
        case "metrics": self = .metrics
        case "pause":
            let text = json["until"]?.string
            let until = text.flatMap { Timestamp(rfc3339: $0) }
            if text != nil, until == nil { throw Refusal(message: "\"until\" is a time by RFC 3339") }
            self = .pause(feeds: feeds, until: until)
        case "resume": self = .resume(feeds: feeds)
        case "expire":
            guard let before = json["before"]?.string.flatMap({ Timestamp(rfc3339: $0) }) else {
                throw Refusal(message: "\"before\" is a time by RFC 3339")
            }
            self = .expire(
                before: before, isByClock: json["by_clock"]?.bool ?? false, isForced: json["force"]?.bool ?? false,
                isDryRun: json["dry_run"]?.bool ?? false)
        case "reread":
            let places = json["places"]?.array ?? []
            let right = places.compactMap { $0.string.flatMap { ArchivePlace($0) } }
            guard right.count == places.count, let extractor = json["extractor"]?.integer.flatMap({ Int(exactly: $0) })
            else {
                throw Refusal(message: "\"places\" is a list of FILE:OFFSET, and \"extractor\" a number")
            }
            self = .reread(places: right, extractor: extractor)
        case "take", "free", "forget":
            guard let name = json["consumer"]?.string, Cursors.isName(name) else {
                throw Refusal(message: "\"consumer\" is a consumer's name")
            }
            switch command {
            case "take":
                let seq = json["seq"]?.integer.flatMap { UInt64(exactly: $0) }
                if json["seq"] != nil, seq == nil { throw Refusal(message: "\"seq\" is a record's number") }
                self = .takeConsumer(name, seq: seq)
            case "free": self = .freeConsumer(name)
            default: self = .forgetConsumer(name)
            }
        case "reload": self = .reload
        case "store": self = .store
        default:
            throw Refusal(
                message:
                    "unknown command; known are poll, status, metrics, pause, resume, expire, reread, take, free, forget, reload, service"
            )
        }
    }

    /// - Parameter store: nil where the request is for whatever service listens.
    func line(for store: StoreIdentity?) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("store", store?.text)
        switch self {
        case .poll(let feeds, let selection, let isDryRun):
            json.member("command", "poll")
            json.member("feeds", feeds.map(\.text))
            json.member("selection", selection.rawValue)
            json.flag("dry_run", isDryRun)
        case .status: json.member("command", "status")
        case .metrics: json.member("command", "metrics")
        case .pause(let feeds, let until):
            json.member("command", "pause")
            json.member("feeds", feeds.map(\.text))
            json.member("until", until)
        case .resume(let feeds):
            json.member("command", "resume")
            json.member("feeds", feeds.map(\.text))
        case .expire(let before, let isByClock, let isForced, let isDryRun):
            json.member("command", "expire")
            json.member("before", before)
            json.flag("by_clock", isByClock)
            json.flag("force", isForced)
            json.flag("dry_run", isDryRun)
        case .reread(let places, let extractor):
            json.member("command", "reread")
            json.member("places", places.map(\.description))
            json.member("extractor", extractor)
        case .takeConsumer(let name, let seq):
            json.member("command", "take")
            json.member("consumer", name)
            json.member("seq", seq)
        case .freeConsumer(let name):
            json.member("command", "free")
            json.member("consumer", name)
        case .forgetConsumer(let name):
            json.member("command", "forget")
            json.member("consumer", name)
        case .reload: json.member("command", "reload")
        case .store: json.member("command", "store")
        case .service: json.member("command", "service")
        }
        json.endObject()
        return json.finish() + [UInt8(ascii: "\n")]
    }
}

/// `ControlReply` is the answer to one request: lines of JSON, the last of which is `{"done":true}` or has `error`.
///
/// May be used from any thread. Nothing here waits for the other side: the server's thread sends what is handed over, and
/// an asker that does not take it is given up.
package final class ControlReply: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var hasEnded = false
        var isGone = false
    }

    /// Bytes that may wait for all askers together.
    final class Budget: Sendable {
        private let left: Locked<Int>

        init(bytes: Int) { left = Locked(bytes) }

        /// - Returns: whether there is room for so many more.
        func take(_ count: Int) -> Bool {
            left.withLock { left in
                guard left >= count else { return false }
                left -= count
                return true
            }
        }

        func giveBack(_ count: Int) { left.withLock { $0 += count } }
    }

    private let state = Locked(State())
    private let budget: Budget?
    private let changed: @Sendable () -> Void

    /// Makes a reply that nobody reads.
    package convenience init() { self.init(budget: nil) {} }

    /// - Parameter changed: called from whatever thread hands something over.
    init(budget: Budget?, changed: @escaping @Sendable () -> Void) {
        self.budget = budget
        self.changed = changed
    }

    deinit { drop() }

    /// Tells whether the asker has gone, so that nothing need be prepared for it.
    package var isGone: Bool { state.withLock(\.isGone) }

    /// Hands over one line of the answer.
    package func send(_ write: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        write(&json)
        hand(over: json.finish() + [UInt8(ascii: "\n")], isLast: false)
    }

    /// Ends the answer: all was done.
    package func done() { hand(over: Array("{\"done\":true}\n".utf8), isLast: true) }

    /// Ends the answer with what went wrong, a sentence for people.
    package func fail(_ message: String) { fail(ControlRequest.Refusal(message: message)) }

    func fail(_ refusal: ControlRequest.Refusal) {
        var json = JSONWriter()
        json.beginObject()
        json.member("error", refusal.message)
        if refusal.isOtherStore { json.flag("other_store", true) }
        json.endObject()
        hand(over: json.finish() + [UInt8(ascii: "\n")], isLast: true)
    }

    private func hand(over bytes: [UInt8], isLast: Bool) {
        let isNews = state.withLock { state in
            guard !state.hasEnded, !state.isGone else { return false }
            state.hasEnded = isLast
            if budget?.take(bytes.count) ?? true {
                state.waiting += bytes
            } else {
                state.isGone = true
            }
            return true
        }
        if isNews { changed() }
    }

    // MARK: The server's thread

    /// What was handed over since the last time, and whether that is all. Whoever takes it gives it back to the budget.
    func take() -> (bytes: [UInt8], isOver: Bool) {
        state.withLock { state in
            defer { state.waiting = [] }
            return (state.waiting, state.hasEnded || state.isGone)
        }
    }

    /// The asker has gone.
    func drop() {
        let count = state.withLock { state in
            defer { state.waiting = [] }
            state.isGone = true
            return state.waiting.count
        }
        budget?.giveBack(count)
    }
}
