import FeedModel

/// What could not be taken as it stands in one feed or one item, and is told with it.
struct PartNotes {
    private(set) var unsafeURLs: [String] = []
    private(set) var rawDates: [Article.RawDate] = []
    /// Names of the JSON fields whose date named no time zone.
    private(set) var assumedUTC: [String] = []
    /// Names of the JSON fields that were cut, or that have more entries than are kept.
    private(set) var truncated: [String] = []

    /// Keeps a URL that may not be followed.
    ///
    /// - Returns: false where there is no room for it.
    mutating func add(unsafeURL url: String, limit: Int) -> Bool {
        unsafeURLs.add(url, limit: limit)
    }

    /// Keeps a date that cannot be read, unless the field has one: each field is one member of an object, and several of
    /// one name are lost on most who read JSON.
    mutating func add(rawDate date: Article.RawDate) {
        if !rawDates.contains(where: { $0.field == date.field }) { rawDates.append(date) }
    }

    mutating func add(assumedUTC field: String) {
        _ = assumedUTC.add(field, limit: 4)
    }

    /// Keeps the name of a field that was cut.
    ///
    /// - Returns: false where it was there.
    mutating func add(truncated field: String) -> Bool {
        guard !truncated.contains(field) else { return false }
        truncated.append(field)
        return true
    }
}

extension [String] {
    /// Appends a text that is not yet there.
    ///
    /// - Returns: false where there is no room for it.
    mutating func add(_ text: String, limit: Int) -> Bool {
        if contains(text) { return true }
        guard count < limit else { return false }
        append(text)
        return true
    }
}

/// What a reader noticed and a person may want to know; becomes `Feed.warnings`.
struct ReadingNotes {
    var assumedZones = 0
    var unreadableDates = 0
    var truncatedFields = 0
    var surplusItems = 0
    var emptyItems = 0

    var classes: WarningClasses {
        var classes: WarningClasses = []
        if assumedZones + unreadableDates > 0 { classes.insert(.dates) }
        if truncatedFields + surplusItems > 0 { classes.insert(.limits) }
        return classes
    }

    var warnings: [String] {
        var warnings: [String] = []
        func note(_ count: Int, _ one: String, _ many: (Int) -> String) {
            if count == 1 { warnings.append(one) }
            if count > 1 { warnings.append(many(count)) }
        }
        note(assumedZones, "A date without a time zone was read as UTC.") {
            "\($0) dates without a time zone were read as UTC."
        }
        note(unreadableDates, "A date could not be read.") { "\($0) dates could not be read." }
        note(truncatedFields, "A field was cut to its limit.") { "\($0) fields were cut to their limits." }
        note(surplusItems, "An item beyond the limit was passed over.") {
            "\($0) items beyond the limit were passed over."
        }
        note(emptyItems, "An item has nothing that it could be known by.") {
            "\($0) items have nothing that they could be known by."
        }
        return warnings
    }
}
