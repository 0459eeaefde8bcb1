/// `[log]`: what is said while the service runs.
package struct LogSettings: Sendable, Equatable {
    package enum Level: String, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error
    }

    package var level = Level.info

    package init() {}
}
