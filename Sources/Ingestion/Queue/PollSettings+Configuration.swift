package import Configuration
package import Scheduling

extension PollSettings {
    /// What a person has set for a feed.
    package init(_ feed: FeedConfiguration, _ schedule: ScheduleSettings) {
        self.init()
        interval = feed.interval.map { Int($0.components.seconds) }
        initialInterval = Int(schedule.initialInterval.components.seconds)
        minInterval = Int(schedule.minInterval.components.seconds)
        maxInterval = Int(schedule.maxInterval.components.seconds)
        maxAgeCap = Int(feed.maxAgeCap.components.seconds)
        isLocal = feed.isLocalFile
    }
}
