package import FeedModel

/// When a made-up feed publishes: by a known feed's gaps, or at random with the hours and days of people who work.
///
/// The same publisher publishes at the same times, however often it is asked.
package struct SimulatedPublisher: Sendable {
    package enum Pattern: Sendable {
        /// Never again.
        case dead
        /// At random, so many seconds apart on average; `byDay`: hardly at night and at weekends.
        case random(gap: Int, byDay: Bool)
        /// One of these gaps after the other, in the order of chance.
        case known(gaps: [Int])
    }

    /// Seconds between items below which they come one by one.
    private static let oneByOne = 7200

    private let pattern: Pattern
    private let seed: UInt64
    private var drawn: UInt64 = 0
    /// Seconds since 1970 of the next item; nil where there is none any more.
    private var next: Int64?
    /// Items that come with the next one, in the minute after it.
    private var burst = 0

    /// - Parameter start: nothing is published before.
    package init(_ pattern: Pattern, seed: UInt64, start: Timestamp) {
        self.pattern = pattern
        self.seed = seed
        next = start.seconds
        advance()
    }

    /// Calls `body` with the time of each item up to `now` that was not asked for before, the earliest first.
    package mutating func publish(upTo now: Int64, _ body: (Int64) -> Void) {
        while let time = next, time <= now {
            body(time)
            if burst > 0 {
                burst -= 1
                next = time + 1 + Int64(draw() * 15)
            } else {
                advance()
            }
        }
    }

    private mutating func draw() -> Double {
        drawn &+= 1
        return Double(Jitter.mix(seed, drawn) >> 11) / Double(1 << 53)
    }

    private mutating func advance() {
        guard let time = next else { return }
        switch pattern {
        case .dead: next = nil
        case .known(let gaps):
            if gaps.isEmpty { return next = nil }
            next = time + Int64(max(1, gaps[Int(draw() * Double(gaps.count))]))
        case .random(let gap, let byDay):
            next = random(after: time, gap: gap, byDay: byDay)
            // Who publishes now and then does so several items at a time, once in five.
            let size = draw()
            burst = gap < Self.oneByOne || size < 0.8 ? 0 : size < 0.95 ? 1 : 2 + Int(draw() * 3)
        }
    }

    private mutating func random(after time: Int64, gap: Int, byDay: Bool) -> Int64 {
        var time = Double(time)
        // By day the same number of items is published in less time.
        let peak = byDay ? Double(gap) / 2 : Double(gap)
        for _ in 0..<10_000 {
            time += max(1, -peak * Self.logarithm(max(1e-9, 1 - draw())))
            if !byDay || draw() < Self.activity(at: Int64(time)) { break }
        }
        return Int64(time)
    }

    /// How lively it is at that time, 0 to 1; half on average.
    private static func activity(at time: Int64) -> Double {
        let hour = time / 3600 % 24
        let isWeekend = [0, 6].contains((time / 86_400 + 4) % 7)
        let byHour = hour < 6 ? 0.08 : hour < 8 ? 0.4 : hour < 20 ? 0.95 : 0.3
        return isWeekend ? byHour * 0.5 : byHour
    }

    /// The natural logarithm, good enough for chance.
    private static func logarithm(_ value: Double) -> Double {
        // value = m · 2^e; ln m by the series of atanh.
        let m = value.significand
        let y = (m - 1) / (m + 1)
        let square = y * y
        let series = 2 * y * (1 + square * (1.0 / 3 + square * (1.0 / 5 + square * (1.0 / 7 + square / 9))))
        return series + Double(value.exponent) * 0.693_147_180_559_945_3
    }
}
