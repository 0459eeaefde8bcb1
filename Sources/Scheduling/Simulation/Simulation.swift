package import FeedModel

/// `Simulation` lets many feeds and their servers run over days, on a clock of its own, and counts what a schedule
/// makes of them.
///
/// The queue and the policy are those that the service runs; an answer takes no time.
package struct Simulation: ~Copyable {
    private static let headerBytes = 400
    /// A feed publishes hourly that does so with no more than this many seconds from one item to the next.
    private static let hourlyGap = 3600

    private let rule: IntervalRule
    private let start: Timestamp
    private var queue: PollQueue
    private var feeds: [Feed] = []
    private var hosts: [Host] = []
    private var records = HostRecords()
    private var result = SimulationResult()
    private var second: (time: Int64, count: Int) = (0, 0)
    private var published: [Int64] = []

    private struct Feed {
        var model: SimulatedFeed
        var publisher: SimulatedPublisher
        var hash: UInt64
        var host: Int
        var schedule = FeedState.Schedule()
        /// When it is polled next; nil for never.
        var next: Timestamp?
        var interval: Int32 = 0
        var lastRead: Timestamp?
        var isHourly: Bool
        var hasBegun = false
        /// When the feed was last polled, and whether it was refused then.
        var lastPoll: (time: Timestamp, isRefused: Bool)?
        var lastServed: Timestamp?
        /// Items seen by quarter of a day, for rules that count them; empty for others.
        var recent: [UInt16] = []
        var recentDay = 0
    }

    private struct Host {
        var name: String
        var allowance: HostAllowance
        /// Seconds.
        var limit: Int
        var feeds = 0
        var requests = 0
        var lastServed: Timestamp?
        var last = Timestamp(milliseconds: .min)
        var run = 0
        var runBegan = Timestamp(milliseconds: 0)
    }

    /// Makes a simulation without feeds, whose clock stands at `start`.
    package init(rule: IntervalRule, start: Timestamp, concurrency: Int) {
        self.rule = rule
        self.start = start
        queue = PollQueue(concurrency: concurrency)
    }

    /// Adds a feed.
    ///
    /// - Parameters:
    ///   - schedule: what is known of the feed already.
    ///   - due: when it is polled first; nil: spread over the first quarter of an hour.
    package mutating func add(_ model: SimulatedFeed, schedule: FeedState.Schedule? = nil, due: Timestamp? = nil) {
        let hash = Jitter.mix(model.seed, 3)
        let first = due ?? start.adding(milliseconds: Int64(hash % 900_000))
        // It has published before: its document is full when it is polled first.
        let before = start.adding(seconds: -14 * 86_400)
        let begin = schedule?.rhythm.latest.map { max($0, before) } ?? before
        var isHourly = false
        switch model.publisher {
        case .random(let gap, _): isHourly = gap <= Self.hourlyGap
        case .known(let gaps): isHourly = gaps.count >= 2 && gaps.sorted()[(gaps.count - 1) / 2] <= Self.hourlyGap
        case .dead: break
        }
        let number = queue.host(model.host, allowance: model.allowance)
        if number == hosts.count {
            hosts.append(Host(name: model.host, allowance: model.allowance, limit: model.hostLimit))
        }
        hosts[number].feeds += 1
        var feed = Feed(
            model: model, publisher: SimulatedPublisher(model.publisher, seed: model.seed, start: begin), hash: hash,
            host: number, next: first, isHourly: isHourly)
        if let schedule {
            feed.schedule = schedule
            feed.hasBegun = schedule.adaptive > 0
            if feed.hasBegun {
                feed.interval = schedule.adaptive
                feed.publisher.publish(upTo: start.seconds) { _ in }
            }
        }
        if rule == .entryFrequency { feed.recent = Array(repeating: 0, count: 28) }
        queue.add(feed: feeds.count, host: number, due: SteadyTime(first))
        feeds.append(feed)
        if isHourly { result.hourlyFeeds += 1 }
    }

    /// Lets the days pass, and returns what came of them.
    ///
    /// - Parameter busiest: this many hosts are listed in the result.
    package consuming func run(days: Int, busiest: Int = 10) -> SimulationResult {
        let end = start.adding(seconds: days * 86_400)
        var now = start
        loop: while now < end {
            switch queue.next(now: SteadyTime(now)) {
            case .start(let number):
                let verdict = poll(number, at: now)
                if let pause = verdict.pause {
                    _ = queue.pause(
                        host: hosts[feeds[number].host].name, until: SteadyTime(pause.until), now: SteadyTime(now))
                }
                queue.finished(feed: number, isGood: !(feeds[number].lastPoll?.isRefused ?? false))
                guard let next = feeds[number].next else { break }
                queue.add(feed: number, host: paced(feeds[number].host, at: now), due: SteadyTime(next))
            case .wait(let until):
                // Nothing runs: only time can bring anything.
                guard let until else { break loop }
                now = max(now, Timestamp(milliseconds: until.milliseconds))
            // Nobody is led on to another host.
            case .proceed, .giveUp, .done: break loop
            }
        }
        countSecond(.max)
        for number in feeds.indices { countUnserved(number, at: end) }
        for number in hosts.indices { endRun(number) }
        result.feeds = feeds.count
        result.hosts = hosts.count
        result.days = days
        result.busiestHosts = hosts.sorted { ($1.requests, $0.name) < ($0.requests, $1.name) }.prefix(busiest)
            .map { (host: $0.name, requests: $0.requests) }
        return result
    }

    /// Gives a host the pace that its refusals have shown.
    private mutating func paced(_ number: Int, at now: Timestamp) -> Int {
        let host = hosts[number]
        if host.limit == 0 { return number }
        return queue.host(host.name, allowance: host.allowance.at(pace: records.pace(of: host.name, at: now)))
    }

    /// - Returns: what the poll comes to for the host.
    private mutating func poll(_ number: Int, at now: Timestamp) -> HostVerdict {
        countRequest(number, at: now)
        let isFirst = !feeds[number].hasBegun
        if feeds[number].model.isBroken {
            result.failures += 1
            plan(number, .failure(.soft), hasNews: false, at: now)
            return HostVerdict()
        }
        let verdict = hear(number, at: now)
        if feeds[number].lastPoll?.isRefused ?? false {
            plan(number, .failure(.busy), verdict, hasNews: false, at: now)
        } else {
            read(number, isFirst: isFirst, at: now)
        }
        return verdict
    }

    /// Lets the host serve or refuse a request, where it has a limit.
    private mutating func hear(_ number: Int, at now: Timestamp) -> HostVerdict {
        let index = feeds[number].host
        let host = hosts[index]
        // Other rules know of no refusals.
        guard host.limit > 0, case .newswire = rule else { return HostVerdict() }
        let isServed = host.lastServed.map { now.milliseconds - $0.milliseconds >= Int64(host.limit) * 1000 } ?? true
        var answer = HostAnswer(
            host: host.name, feed: feeds[number].hash, startedAt: now,
            word: isServed ? .served(exhaustedFor: nil) : .refused(.init()), delay: host.allowance.delay,
            feeds: host.feeds)
        if let last = feeds[number].lastPoll, last.isRefused { answer.refusedBefore = last.time }
        feeds[number].lastPoll = (now, !isServed)
        if isServed {
            countUnserved(number, at: now)
            hosts[index].lastServed = now
        } else {
            result.refused += 1
            if now.seconds - start.seconds >= 86_400 { result.refusedLater += 1 }
        }
        return records.hear(answer, at: now)
    }

    private mutating func read(_ number: Int, isFirst: Bool, at now: Timestamp) {
        published.removeAll(keepingCapacity: true)
        feeds[number].publisher.publish(upTo: now.seconds) { published.append($0) }
        let window = feeds[number].model.items
        let new = min(published.count, window)
        if isFirst {
            feeds[number].hasBegun = true
        } else {
            count(number, new: new, window: window, at: now)
        }
        result.bytes += Self.headerBytes
        guard new > 0 || isFirst else {
            if !feeds[number].model.hasValidators { result.bytes += feeds[number].model.bytes }
            return plan(number, .unchanged, hasNews: false, at: now)
        }
        result.bytes += feeds[number].model.bytes
        if rule == .entryFrequency { noteRecent(number, new, at: now) }
        guard case .newswire = rule else { return plan(number, .unchanged, hasNews: new > 0, at: now) }
        var document = PollEvent.Document(items: window, newItems: isFirst ? window : new)
        document.isFirst = isFirst
        document.dates = published.suffix(new).map { Timestamp(seconds: $0) }
        plan(number, .document(document), hasNews: new > 0, at: now)
    }

    private mutating func count(_ number: Int, new: Int, window: Int, at now: Timestamp) {
        let missed = published.count - new
        result.items += new
        result.missed += missed
        if window == 10 { result.missedOfTen += missed }
        for time in published.suffix(new) {
            let delay = Int(now.seconds - time)
            result.delay.add(delay)
            if feeds[number].isHourly { result.hourlyDelay.add(delay) }
        }
    }

    private mutating func plan(
        _ number: Int, _ outcome: PollEvent.Result, _ host: HostVerdict = HostVerdict(), hasNews: Bool,
        at now: Timestamp
    ) {
        let model = feeds[number].model
        guard case .newswire = rule else {
            if rule == .entryFrequency { forget(number, at: now) }
            let interval = rule.interval(
                after: Int(feeds[number].interval), hasNews: hasNews, weekly: weekly(number), freshFor: model.freshFor)
            feeds[number].interval = Int32(clamping: interval)
            feeds[number].next = now.adding(seconds: interval)
            return
        }
        var event = PollEvent(startedAt: now, endedAt: now, result: outcome)
        event.due = feeds[number].next
        event.interval = feeds[number].interval > 0 ? Int(feeds[number].interval) : nil
        event.lastRead = feeds[number].lastRead
        event.hasValidators = model.hasValidators
        event.hints = model.hints
        if model.freshFor > 0 { event.freshness = .init(lifetime: model.freshFor, age: 0) }
        let decision = PollPolicy(model.settings, feed: feeds[number].hash).decide(
            feeds[number].schedule, after: event, host: host)
        if decision.terms.notes.contains(.possibleGap) { result.possibleGaps += 1 }
        feeds[number].schedule = decision.schedule
        feeds[number].lastRead = now
        feeds[number].interval = Int32(clamping: decision.terms.interval)
        feeds[number].next = decision.next
    }

    // MARK: - Counting

    private mutating func countRequest(_ number: Int, at now: Timestamp) {
        result.requests += 1
        if feeds[number].isHourly { result.hourlyRequests += 1 }
        if now.seconds != second.time { countSecond(now.seconds) }
        second.count += 1
        let host = feeds[number].host
        hosts[host].requests += 1
        // A run of requests goes on while each comes about as soon as the delay of the host allows.
        let distance = now.milliseconds.subtractingReportingOverflow(hosts[host].last.milliseconds)
        if distance.overflow || distance.partialValue > hosts[host].allowance.delay * 3 / 2 {
            endRun(host)
            hosts[host].runBegan = now
        }
        hosts[host].run += 1
        hosts[host].last = now
    }

    private mutating func countUnserved(_ number: Int, at now: Timestamp) {
        guard hosts[feeds[number].host].limit > 0 else { return }
        let before = feeds[number].lastServed ?? start
        result.longestUnserved = max(result.longestUnserved, Int(now.seconds - before.seconds))
        feeds[number].lastServed = now
    }

    private mutating func countSecond(_ time: Int64) {
        result.busiestSecond = max(result.busiestSecond, second.count)
        second = (time, 0)
    }

    private mutating func endRun(_ number: Int) {
        let host = hosts[number]
        if host.run > result.longestBurst.requests {
            let seconds = (host.last.milliseconds - host.runBegan.milliseconds) / 1000
            result.longestBurst = .init(host: host.name, requests: host.run, seconds: Int(seconds))
        }
        hosts[number].run = 0
    }

    private func quarter(_ time: Timestamp) -> Int {
        // Negative before the start; rounded down.
        Int((time.seconds - start.seconds + 21_600 * 4000) / 21_600) - 4000
    }

    private mutating func noteRecent(_ number: Int, _ new: Int, at now: Timestamp) {
        forget(number, at: now)
        for time in published.suffix(new) where now.seconds - time < Int64(IntervalRule.week) {
            let quarter = quarter(Timestamp(seconds: time))
            feeds[number].recent[(quarter % 28 + 28) % 28] &+= 1
        }
    }

    private mutating func forget(_ number: Int, at now: Timestamp) {
        let quarter = quarter(now)
        for passed in feeds[number].recentDay..<max(feeds[number].recentDay, min(quarter, feeds[number].recentDay + 28))
        {
            feeds[number].recent[(passed + 1) % 28] = 0
        }
        feeds[number].recentDay = quarter
    }

    private func weekly(_ number: Int) -> Int { feeds[number].recent.reduce(0) { $0 + Int($1) } }
}

extension SteadyTime {
    /// Nobody sets the clock of a simulation.
    fileprivate init(_ time: Timestamp) { self.init(milliseconds: time.milliseconds) }
}
