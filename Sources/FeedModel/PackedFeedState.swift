internal import Digest

/// A feed's state as it lies in memory between polls, without the feed's id: a few hundred bytes in one piece, where the
/// value itself takes several times as much in a dozen.
package struct PackedFeedState: Sendable {
    let bytes: [UInt8]

    package init(_ state: FeedState) {
        var pack = StatePacker()
        Self.put(state.schedule, &pack)
        pack.put(state.lastPoll)
        pack.put(state.nextPoll)
        pack.put(state.intervalSeconds)
        pack.put(state.failure?.word)
        pack.put(state.url)
        pack.put(state.urlMark.map(Int.init))
        Self.put(state.move, &pack)
        pack.put(state.title)
        pack.put(state.validators?.request)
        if let validators = state.validators {
            pack.put(validators.etag)
            pack.put(validators.lastModified)
        }
        pack.put(state.bodyHash)
        pack.put(state.documentBytes.map(Int.init))
        Self.put(state.hints, &pack)
        pack.put(state.tagRepeats.count)
        pack.put(state.tagRepeats.since)
        pack.put(state.lastSuccess)
        pack.put(state.status)
        pack.put(state.failures)
        if let failure = state.failure { pack.put(failure.message) }
        pack.put(state.notBefore)
        pack.put(state.articles)
        pack.put(state.document?.source)
        if let document = state.document { pack.put(document.articles) }
        // A copy, as an array keeps the room that it was given to grow.
        bytes = pack.bytes.withUnsafeBufferPointer { Array($0) }
    }

    /// What comes first, because it is asked of all feeds at once; the URL and where it moves to follow.
    private struct Head {
        let schedule: FeedState.Schedule
        let lastPoll: Timestamp?
        let nextPoll: Timestamp?
        let intervalSeconds: Int?
        let failure: String?

        init(_ pack: inout StateUnpacker) {
            schedule = PackedFeedState.schedule(&pack)
            lastPoll = pack.time()
            nextPoll = pack.time()
            intervalSeconds = pack.optional()
            failure = pack.text()
        }
    }

    /// What was packed, as that feed's.
    package func state(of feed: FeedIdentifier) -> FeedState {
        bytes.withUnsafeBytes { bytes in
            var pack = StateUnpacker(bytes)
            let head = Head(&pack)
            var state = FeedState(feed: feed, url: pack.text() ?? "")
            state.urlMark = pack.optional().map { UInt16(clamping: $0) }
            state.schedule = head.schedule
            state.lastPoll = head.lastPoll
            state.nextPoll = head.nextPoll
            state.intervalSeconds = head.intervalSeconds
            state.move = Self.move(&pack)
            state.title = pack.text()
            if let request = pack.hash() {
                state.validators = .init(kept: pack.text(), pack.text(), request: request)
            }
            state.bodyHash = pack.hash()
            state.documentBytes = pack.optional().map { Int32(clamping: $0) }
            state.hints = Self.hints(&pack)
            state.tagRepeats.count = pack.integer()
            state.tagRepeats.since = pack.time()
            state.lastSuccess = pack.time()
            state.status = pack.optional()
            state.failures = pack.integer()
            if let word = head.failure { state.failure = .init(word: word, message: pack.text() ?? "") }
            state.notBefore = pack.time()
            state.articles = pack.unsigned()
            if let source = pack.hash() { state.document = .init(articles: pack.integer(), source: source) }
            return state
        }
    }

    /// What planning needs of it, without making the rest.
    ///
    /// - Parameter url: the feed's as configured.
    package func outlook(at url: String) -> FeedOutlook {
        bytes.withUnsafeBytes { bytes in
            var pack = StateUnpacker(bytes)
            let head = Head(&pack)
            let isText = pack.takeText(equalTo: URLRedaction.redacted(url))
            let mark = pack.optional().map { UInt16(clamping: $0) }
            let isOfURL = isText && FeedState.isMark(mark, of: url)
            return FeedOutlook(
                schedule: head.schedule, lastPoll: head.lastPoll, nextPoll: head.nextPoll,
                intervalSeconds: head.intervalSeconds, failureKind: head.failure.map(FailureKind.init(word:)),
                isOfURL: isOfURL,
                adoptedURL: Self.move(&pack).adopted)
        }
    }

    /// The part that is asked of feeds whose URL does not matter.
    package var schedule: FeedState.Schedule {
        bytes.withUnsafeBytes { bytes in
            var pack = StateUnpacker(bytes)
            return Self.schedule(&pack)
        }
    }

    /// `FeedState.knownURLs`.
    package var knownURLs: [String] {
        bytes.withUnsafeBytes { bytes in
            var pack = StateUnpacker(bytes)
            _ = Head(&pack)
            let url = pack.text() ?? ""
            _ = pack.optional()
            return FeedState.knownURLs(url, Self.move(&pack))
        }
    }

    private static func put(_ hints: PollingHints, _ pack: inout StatePacker) {
        pack.put(hints.ttlSeconds)
        pack.put(hints.updatePeriodSeconds)
        pack.put(hints.skipHours.count)
        for hour in hints.skipHours { pack.put(hour) }
        pack.put(hints.skipDays.count)
        for day in hints.skipDays { pack.put(day) }
    }

    private static func hints(_ pack: inout StateUnpacker) -> PollingHints {
        var hints = PollingHints()
        hints.ttlSeconds = pack.optional()
        hints.updatePeriodSeconds = pack.optional()
        for _ in 0..<pack.integer() { hints.skipHours.append(pack.integer()) }
        for _ in 0..<pack.integer() { hints.skipDays.append(pack.text() ?? "") }
        return hints
    }

    /// Nearly all feeds are where they were.
    private static func put(_ move: FeedState.Move, _ pack: inout StatePacker) {
        pack.put(move != FeedState.Move())
        if move == FeedState.Move() { return }
        pack.put(move.candidate)
        pack.put(move.polls)
        pack.put(move.since)
        pack.put(move.adopted)
        pack.put(move.adoptedSince)
        pack.put(move.isAmongPrivate)
    }

    private static func move(_ pack: inout StateUnpacker) -> FeedState.Move {
        var move = FeedState.Move()
        guard pack.flag() else { return move }
        move.candidate = pack.text()
        move.polls = pack.integer()
        move.since = pack.time()
        move.adopted = pack.text()
        move.adoptedSince = pack.time()
        move.isAmongPrivate = pack.flag()
        return move
    }

    private static func put(_ schedule: FeedState.Schedule, _ pack: inout StatePacker) {
        pack.put(UInt64(schedule.rhythm.latestSeconds))
        pack.put(schedule.rhythm.recent)
        pack.put(schedule.rhythm.older)
        pack.put(schedule.rhythm.oldest)
        pack.put(Int(schedule.adaptive))
        pack.put(UInt64(schedule.items))
        pack.put(UInt64(schedule.itemsInSkippedTime))
        pack.put(schedule.isExpired)
        pack.put(schedule.heldUntil)
        pack.put(UInt64(schedule.failureQuarters))
        pack.put(UInt64(schedule.refusals))
        pack.put(schedule.failingSince)
        pack.put(schedule.goneSince)
        pack.put(schedule.isGoneForGood)
        pack.put(schedule.pause?.until)
        if let pause = schedule.pause {
            pack.put(UInt64(pause.incidents))
            pack.put(pause.since)
            pack.put(pause.coversHost)
        }
        pack.put(UInt64(schedule.reason.rawValue))
        pack.put(UInt64(schedule.polls))
        pack.put(schedule.historyBlock.map(Int.init))
    }

    private static func schedule(_ pack: inout StateUnpacker) -> FeedState.Schedule {
        var schedule = FeedState.Schedule()
        schedule.rhythm = Rhythm(
            latestSeconds: UInt32(clamping: pack.unsigned()), recent: pack.unsigned(), older: pack.unsigned(),
            oldest: pack.unsigned())
        schedule.adaptive = Int32(clamping: pack.integer())
        schedule.items = UInt16(clamping: pack.unsigned())
        schedule.itemsInSkippedTime = UInt8(clamping: pack.unsigned())
        schedule.isExpired = pack.flag()
        schedule.heldUntil = pack.time()
        schedule.failureQuarters = UInt16(clamping: pack.unsigned())
        schedule.refusals = UInt8(clamping: pack.unsigned())
        schedule.failingSince = pack.time()
        schedule.goneSince = pack.time()
        schedule.isGoneForGood = pack.flag()
        if let until = pack.time() {
            let incidents = UInt8(clamping: pack.unsigned())
            let since = pack.time() ?? until
            schedule.pause = .init(until: until, incidents: incidents, since: since, coversHost: pack.flag())
        }
        schedule.reason = PollTerms.Reason(rawValue: UInt8(clamping: pack.unsigned())) ?? .none
        schedule.polls = UInt32(clamping: pack.unsigned())
        schedule.historyBlock = pack.optional().map { UInt32(clamping: $0) }
        return schedule
    }
}

/// Integers take as many bytes as they need, seven bits in each; texts and hashes have a length before them.
private struct StatePacker {
    private(set) var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(512)
    }

    mutating func put(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    /// The sign goes into the lowest bit.
    mutating func put(_ value: Int) { put(UInt64(bitPattern: Int64(value << 1 ^ value >> 63))) }
    mutating func put(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func put(_ value: Int?) {
        put(value != nil)
        if let value { put(value) }
    }

    mutating func put(_ time: Timestamp?) { put(time.map { Int($0.milliseconds) }) }

    mutating func put(_ text: String?) {
        guard var text else { return put(UInt64(0)) }
        put(UInt64(text.utf8.count) + 1)
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ hash: Hash128?) {
        put(hash != nil)
        guard let hash else { return }
        withUnsafeBytes(of: (hash.high, hash.low)) { bytes.append(contentsOf: $0) }
    }
}

/// Takes out in the same order. The bytes are this process's own, so what is asked for is there.
private struct StateUnpacker {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func unsigned() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    mutating func integer() -> Int {
        let value = unsigned()
        return Int(Int64(bitPattern: value >> 1)) ^ -Int(value & 1)
    }

    mutating func flag() -> Bool {
        defer { offset += 1 }
        return bytes[offset] != 0
    }

    mutating func optional() -> Int? { flag() ? integer() : nil }
    mutating func time() -> Timestamp? { optional().map { Timestamp(milliseconds: Int64($0)) } }

    mutating func text() -> String? {
        let length = Int(unsigned())
        if length == 0 { return nil }
        defer { offset += length - 1 }
        return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length - 1]), as: UTF8.self)
    }

    /// Takes a text out like `text` and says whether it is that one.
    mutating func takeText(equalTo text: String) -> Bool {
        let length = Int(unsigned())
        if length == 0 { return text.isEmpty }
        defer { offset += length - 1 }
        return text.utf8.elementsEqual(bytes[offset..<offset + length - 1])
    }

    mutating func hash() -> Hash128? {
        guard flag() else { return nil }
        defer { offset += 16 }
        return Hash128(
            high: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
            low: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
    }
}

/// A time to the second, rounded up, in four bytes: for what is kept of every feed. None before 1970 or after 2106.
@propertyWrapper
package struct CompactTime: Sendable, Equatable {
    /// 0 for none.
    private var seconds: UInt32 = 0

    package init(wrappedValue: Timestamp?) {
        self.wrappedValue = wrappedValue
    }

    package var wrappedValue: Timestamp? {
        get { seconds == 0 ? nil : Timestamp(seconds: Int64(seconds)) }
        set {
            guard let time = newValue else { return seconds = 0 }
            let isWhole = time.milliseconds % 1000 == 0
            // An earlier time than can be kept is still one.
            seconds = max(1, UInt32(clamping: isWhole ? time.seconds : time.seconds &+ 1))
        }
    }
}
