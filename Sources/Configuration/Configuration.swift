/// Everything that a person has configured, read from all files, checked, with every default filled in.
package struct Configuration: Sendable {
    /// Absolute path of the file that it began with.
    package var path: String
    /// Shown to publishers in the User-Agent; nil only where nothing is fetched over http or https.
    package var contact: String?
    package var fetch: FetchSettings
    /// In the order of their names; `hostSettings` relies on it.
    package var hosts: [HostSettings]
    package var schedule: ScheduleSettings
    package var store: StoreSettings
    package var status: StatusSettings
    package var log: LogSettings
    /// Those that are not enabled are among them. No two have one id.
    package var feeds: [FeedConfiguration]
    /// What looks wrong, though it can be run.
    package var warnings: [Diagnostic]

    /// The table whose allowance a host shares: that of its own name, else of the nearest domain above it.
    ///
    /// - Parameter name: in lower case, without a port.
    package func hostSettings(for name: String) -> HostSettings? {
        guard !hosts.isEmpty else { return nil }
        var domain = name[...]
        while true {
            if let settings = settings(named: domain) { return settings }
            guard let dot = domain.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
            domain = domain[domain.utf8.index(after: dot)...]
        }
    }

    private func settings(named name: Substring) -> HostSettings? {
        var low = 0
        var high = hosts.count
        while low < high {
            let middle = (low + high) / 2
            if hosts[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < hosts.count && hosts[low].name == name ? hosts[low] : nil
    }
}

extension Configuration: Equatable {
    /// Equal in what they say; warnings, and the place of the files, do not count.
    package static func == (left: Self, right: Self) -> Bool {
        left.contact == right.contact && left.fetch == right.fetch && left.hosts == right.hosts
            && left.schedule == right.schedule && left.store == right.store && left.status == right.status
            && left.log == right.log && left.feeds == right.feeds
    }
}
