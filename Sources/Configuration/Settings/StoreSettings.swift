/// `[store]`: where articles are kept, and which.
package struct StoreSettings: Sendable, Equatable {
    package enum Retention: Sendable, Equatable {
        case forever
        /// At least a second.
        case span(Duration)
    }

    package enum Updates: String, Sendable, CaseIterable {
        case keep
        /// Edits of known articles are not stored.
        case ignore
    }

    package enum Duplicates: String, Sendable, CaseIterable {
        /// A short record that names the article it repeats (identity.md §9).
        case short
        case keep
    }

    /// Absolute path.
    package var directory: String
    /// Bytes; 4 KiB to 4 GiB.
    package var segmentSize = 64 << 20
    package var keep = Retention.forever
    package var updates = Updates.keep
    package var duplicates = Duplicates.short

    package init(directory: String) {
        self.directory = directory
    }
}

/// Where the store lies when the configuration does not say (contract.md §2).
enum StoreLocation {
    /// `$STATE_DIRECTORY`; else /var/lib/newswire for a configuration under /etc; else a folder of
    /// `$XDG_STATE_HOME`. nil where the last needs a home and there is none.
    static func standard(configuration path: String, environment: [String: String]) -> String? {
        // systemd separates several with colons; the first is the service's own.
        if let directory = environment["STATE_DIRECTORY"]?.split(separator: ":").first, directory.hasPrefix("/") {
            return String(directory)
        }
        if path.hasPrefix("/etc/") { return "/var/lib/newswire" }
        return XDG.directory("XDG_STATE_HOME", below: ".local/state", environment: environment).map { "\($0)/newswire" }
    }
}
