import FeedModel

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
