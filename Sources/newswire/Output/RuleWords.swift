internal import FeedModel

/// `RuleWords` says in words what the rules of the configuration have said of a record (filters.md §2), for one line among
/// others.
enum RuleWords {
    /// That it was blocked or released, and its labels; nothing of a record of which the rules said nothing.
    static func all(of record: StoredRecord) -> [String] {
        [standing(of: record), labels(of: record)].compactMap(\.self)
    }

    /// `blocked by no-deals`
    static func standing(of record: StoredRecord) -> String? {
        if let rule = record.blockedBy { return "blocked by \(rule)" }
        return record.isReleased ? "the first version that no rule blocked" : nil
    }

    /// `labels: drones, arctic`
    static func labels(of record: StoredRecord) -> String? {
        record.labels.isEmpty ? nil : "labels: \(record.labels.joined(separator: ", "))"
    }
}
