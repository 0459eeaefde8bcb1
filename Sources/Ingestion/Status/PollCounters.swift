package import FeedModel

/// What the polls since the start came to.
package struct PollCounters: Sendable, Equatable {
    package private(set) var outcomes: [PollReport.Outcome: Int] = [:]
    /// Failed polls by the class of their failure.
    package private(set) var failures: [FailureKind: Int] = [:]
    package private(set) var newArticles = 0
    package private(set) var updatedArticles = 0
    package private(set) var duplicateArticles = 0
    /// Of bodies, as they came over the wire.
    package private(set) var bytes: Int64 = 0
    /// That compression saved, and answers without a body.
    package private(set) var bytesSavedByCompression: Int64 = 0
    package private(set) var bytesSavedByNotModified: Int64 = 0
    /// Documents that gave warnings, by the warnings' class.
    package private(set) var warnings: [String: Int] = [:]
    package private(set) var durations = DurationSum()
    /// From when a poll was due to when it began.
    package private(set) var lag = DurationSum()

    package init() {}

    package mutating func add(_ report: PollReport) {
        outcomes[report.outcome, default: 0] += 1
        if report.outcome == .skipped { return }
        if let failure = report.failure { failures[failure.kind, default: 0] += 1 }
        newArticles += report.newArticles
        updatedArticles += report.updatedArticles
        duplicateArticles += report.duplicateArticles
        bytes += report.bytes
        bytesSavedByCompression += report.bytesUnpacked
        bytesSavedByNotModified += report.bytesNotSent
        for name in report.warnings.names { warnings[name, default: 0] += 1 }
        durations.add(milliseconds: report.durationMilliseconds)
    }

    package mutating func began(lateBy milliseconds: Int64) {
        lag.add(milliseconds: milliseconds)
    }
}
