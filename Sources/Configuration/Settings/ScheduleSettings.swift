/// `[schedule]`: the bounds of every interval.
package struct ScheduleSettings: Sendable, Equatable {
    /// 1 s to 31 d, as the other intervals; never above `maxInterval`.
    package var minInterval: Duration = .seconds(600)
    package var maxInterval: Duration = .seconds(86_400)
    /// Between the other two.
    package var initialInterval: Duration = .seconds(3600)
    /// The longest freshness of a response that is believed; up to 31 d (polling.md §3).
    package var maxAgeCap: Duration = .seconds(86_400)

    package init() {}
}
