/// Keys that are read and checked, but change nothing yet: a configuration that sets one gets a warning.
///
/// The one place to edit when the effect of a key is built.
package enum UnbuiltKeys {
    /// Section and key, and what the key waits for.
    package static let table: [(key: String, waitsFor: String)] = [
        ("host.pause_scope", "pausing a single feed after a 429 or 503"),
        ("schedule.max_interval", "adaptive intervals"),
        ("store.duplicates", "finding the same article in several feeds"),
        ("feed.aliases", "matching articles whose ids have changed"),
    ]

    /// The unbuilt keys of one section, without its name.
    static func keys(of section: String) -> [String] {
        table.compactMap { entry in
            entry.key.hasPrefix(section + ".") ? String(entry.key.dropFirst(section.count + 1)) : nil
        }
    }

    static func waitsFor(_ key: String) -> String? {
        table.first { $0.key == key }?.waitsFor
    }
}
