/// Ways to choose the next poll that newswire's is compared with, as others have published them (polling.md §5).
package enum IntervalRule: Sendable, Equatable {
    /// The policy of this program.
    case newswire
    /// Every so many seconds, whatever happens.
    case fixed(Int)
    /// miniflux's `entry_frequency`: a week divided by the number of entries of the last week, 5 minutes to a day, and not
    /// before the answer's freshness ends.
    case entryFrequency
    /// StormCrawler's adaptive scheduler with news-crawl's numbers: half as long again where nothing has changed, a fifth
    /// of the way to the minimum where something has; 90 minutes to 90 days.
    case stormCrawler

    package var name: String {
        switch self {
        case .newswire: "newswire"
        case .fixed(let seconds): "every \(seconds / 60) min"
        case .entryFrequency: "entry_frequency"
        case .stormCrawler: "stormcrawler"
        }
    }

    package static let all: [IntervalRule] = [
        .newswire, .fixed(900), .fixed(3600), .entryFrequency, .stormCrawler,
    ]

    static let week = 7 * 86_400

    /// Seconds to the next poll by a rule that is not newswire's.
    ///
    /// - Parameters:
    ///   - previous: the last interval; 0 at the beginning.
    ///   - weekly: items seen in the last seven days.
    func interval(after previous: Int, hasNews: Bool, weekly: Int, freshFor: Int) -> Int {
        switch self {
        case .newswire: previous
        case .fixed(let seconds): seconds
        case .entryFrequency:
            max(freshFor, weekly == 0 ? 86_400 : min(max(Self.week / weekly, 300), 86_400))
        case .stormCrawler:
            if previous == 0 {
                5400
            } else if hasNews {
                max(5400, (previous * 4 + 5400) / 5)
            } else {
                min(previous + previous / 2, 90 * 86_400)
            }
        }
    }
}
