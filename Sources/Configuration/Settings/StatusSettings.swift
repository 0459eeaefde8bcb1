/// `[status]`: where figures of the running service are written for others to read.
package struct StatusSettings: Sendable, Equatable {
    /// Absolute path of a file in Prometheus' text format for node_exporter's textfile collector; nil for none.
    package var textfile: String?

    package init() {}
}
