package import Configuration
package import Logging

/// `ServiceLog` is the log of a program that runs for long: nobody waits for its lines to be taken. Any thread may use it.
package final class ServiceLog: Sendable {
    private let queue: LogQueue
    private let threshold: LogThreshold
    package let logger: Logger

    /// - Parameter program: what the journal knows it by.
    package init(of program: String, level: LogSettings.Level, environment: [String: String]) {
        let queue = LogQueue(LogOutput(environment: environment, showsTime: true, program: program))
        let threshold = LogThreshold(Logger.Level(level))
        self.queue = queue
        self.threshold = threshold
        logger = Logger(label: program) { _ in NewswireLogHandler(queue.write, above: threshold) }
    }

    /// What is as loud as that, or louder, is logged from here on.
    package func follow(_ level: LogSettings.Level) { threshold.level = Logger.Level(level) }

    /// Waits a moment until all that was logged is out.
    package func drain() { queue.drain() }
}
