package import FeedModel

/// What people are told of a feed whose ids or links change at every poll (identity.md §5).
extension FeedState.Churn {
    /// Says in one sentence what is known; nil where that is nothing.
    package var sentence: String? {
        switch (idsMeanNothing, volatileParameters.isEmpty) {
        case (false, true): nil
        case (true, true): "its ids change at every poll: articles are known by link, title, date and text"
        case (false, false): parameters
        case (true, false):
            "its ids change at every poll: articles are known by link, title, date and text; and \(parameters)"
        }
    }

    private var parameters: String {
        switch volatileParameters.count {
        case 1: "from poll to poll its links change in the parameter \(volatileParameters[0]), which does not count"
        default:
            "from poll to poll its links change in the parameters \(volatileParameters.joined(separator: ", ")),"
                + " which do not count"
        }
    }

    /// Returns what a poll has found out, a line each for the log.
    static func notes(from old: FeedState.Churn?, to new: FeedState.Churn?) -> [String] {
        var notes: [String] = []
        let (before, after) = (old?.volatileParameters ?? [], new?.volatileParameters ?? [])
        if before != after {
            notes.append(
                after.isEmpty
                    ? "id_churn: the parameters \(before.joined(separator: ", ")) tell articles apart and count again"
                    : "id_churn: the links of this feed change from poll to poll in \(after.joined(separator: ", ")) alone,"
                        + " which do not count from here on")
        }
        switch (old?.idsMeanNothing ?? false, new?.idsMeanNothing ?? false) {
        case (false, true):
            notes.append(
                "id_churn: the ids of this feed change at every poll; from here on they are not remembered, and articles are"
                    + " known by link, title, date and text")
        case (true, false): notes.append("id_churn: the ids of this feed stay again, and count from here on")
        default: break
        }
        return notes
    }
}
