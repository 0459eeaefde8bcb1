/// `OptionChange` is an option of the program or of a host whose value another configuration has otherwise; what is in
/// `[[feed]]` tables is counted by feeds.
package struct OptionChange: Sendable, Equatable {
    /// The name is in the form of `[fetch] concurrency`.
    package var name: String
    /// The value as TOML before; nil where it was not set.
    package var old: String?
    /// The value as TOML afterwards; nil where it is not set.
    package var new: String?

    /// Returns `[fetch] concurrency = 7`.
    package var description: String { new.map { "\(name) = \($0)" } ?? "\(name) is not set" }

    fileprivate static func between<Values: OptionValues>(
        _ old: Values?, _ new: Values?, in title: String = Values.table.prefix, _ effect: OptionEffect
    ) -> [OptionChange] {
        Options.all.compactMap { option in
            guard option.effect(in: Values.table) == effect, let row = option.row(of: Values.self) else { return nil }
            let (old, new) = (old.flatMap(row.text), new.flatMap(row.text))
            return old == new ? nil : OptionChange(name: "\(title)\(option.key)", old: old, new: new)
        }
    }
}

extension WebSettings {
    /// Returns what newswire-web does not take before its next start. These are the settings of its start.
    package func changesAfterRestart(to new: WebSettings) -> [OptionChange] {
        OptionChange.between(self, new, .afterRestart)
    }
}

extension Configuration {
    /// Returns what is in force at once where the running service adopts another configuration, but for feeds.
    package func changesOnReload(to new: Configuration) -> [OptionChange] { changes(to: new, .onReload) }

    /// Returns what the service does not take before its next start. This is the configuration of its start.
    package func changesAfterRestart(to new: Configuration) -> [OptionChange] { changes(to: new, .afterRestart) }

    private func changes(to new: Configuration, _ effect: OptionEffect) -> [OptionChange] {
        var changes = OptionChange.between(TopSettings(contact: contact), TopSettings(contact: new.contact), effect)
        changes += OptionChange.between(fetch, new.fetch, effect)
        let names = Set(hosts.map(\.name)).union(new.hosts.map(\.name)).sorted()
        for name in names {
            let (old, new) = (hosts.first { $0.name == name }, new.hosts.first { $0.name == name })
            guard old != new else { continue }
            changes += OptionChange.between(old, new, in: "[host.\(TOMLText.quoted(name))] ", effect)
        }
        changes += OptionChange.between(schedule, new.schedule, effect)
        changes += OptionChange.between(store, new.store, effect)
        changes += OptionChange.between(events, new.events, effect)
        changes += OptionChange.between(fullText, new.fullText, effect)
        changes += OptionChange.between(archive, new.archive, effect)
        changes += OptionChange.between(deliver, new.deliver, effect)
        changes += OptionChange.between(fleet, new.fleet, effect)
        changes += OptionChange.between(status, new.status, effect)
        return changes + OptionChange.between(log, new.log, effect)
    }
}
