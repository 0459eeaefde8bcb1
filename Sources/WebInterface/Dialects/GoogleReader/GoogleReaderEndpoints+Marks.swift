internal import FeedModel
internal import SearchIndex

extension GoogleReaderEndpoints {
    /// What `edit-tag` is to change.
    private struct MarkChange {
        var isRead: Bool?
        var isStarred: Bool?

        /// States that nobody here knows are taken and forgotten (web.md §8.7).
        ///
        /// - Throws: 403 for labels.
        mutating func take(_ names: [String], added isAdded: Bool, account: String) throws(WebFailure) {
            for name in names {
                guard let own = GoogleReaderStream.ownPart(of: name, account: account) else { continue }
                guard !own.hasPrefix("label/") else {
                    throw WebFailure(
                        403, "labels are given by rules, which are configured in newswire.toml",
                        hint: "A [[filter]] with `action = \"label\"` gives one.")
                }
                switch own {
                case GoogleReaderStream.statePrefix + "read": isRead = isAdded
                case GoogleReaderStream.statePrefix + "starred": isStarred = isAdded
                // To keep something unread is to have it unread; to keep it so no longer changes nothing.
                case GoogleReaderStream.statePrefix + "kept-unread": if isAdded { isRead = isRead ?? false }
                default: break
                }
            }
        }
    }

    static func editTag(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let fields = GoogleReaderFields(call.request)
        var change = MarkChange()
        try change.take(fields.values(of: "r"), added: false, account: desk.account)
        try change.take(fields.values(of: "a"), added: true, account: desk.account)
        let ids = fields.values(of: "i").compactMap(GoogleReaderItemID.read)
        try desk.mark(ids, isRead: change.isRead, isStarred: change.isStarred)
        return text("OK")
    }

    /// What came before a time, or before the request, of a stream.
    static func markAllAsRead(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let fields = GoogleReaderFields(call.request)
        let last = desk.last
        var streams: [GoogleReaderStream] = []
        for name in fields.values(of: "s") { streams.append(try GoogleReaderStream(name, desk)) }
        let newest = Self.microseconds(fields["ts"])
        if newest == nil, streams.contains(.readingList) {
            try desk.marked.markAll(upTo: last)
            return text("OK")
        }
        var selection = EntrySelection()
        selection.take(streams, desk)
        // What is read already is not looked at.
        if selection.isRead == nil { selection.isRead = false }
        selection.before = last == .max ? nil : last + 1
        // A second more than is asked for, of which then each is looked at.
        selection.until = newest.map { Timestamp(seconds: $0 / 1_000_000).adding(seconds: 1) }
        var ids = try selection.ids(desk)
        if let newest {
            let entries = try desk.entries(ids)
            ids = entries.filter { EntryReading.microseconds($0.id, $0.storedAt) <= newest }.map(\.id)
        }
        try desk.marked.mark(ids, read: true, upTo: last)
        return text("OK")
    }

    /// Readers write microseconds, some milliseconds or seconds; nil where there is no time.
    private static func microseconds(_ text: String?) -> Int64? {
        guard let text, let number = Int64(text), number > 0 else { return nil }
        switch text.utf8.count {
        case 16...: return number
        case 13...15: return number * 1000 + 999
        // The whole of that second.
        default: return number.multipliedReportingOverflow(by: 1_000_000).partialValue + 999_999
        }
    }
}
