import FeedModel

/// Reads when a feed says that it may be polled.
struct PollingHintsReader {
    private var draft = PollingHints()
    private var updatePeriod: String?
    private var updateFrequency: String?

    /// What has been read.
    var hints: PollingHints {
        var hints = draft
        hints.updatePeriodSeconds = updatePeriodSeconds
        return hints
    }

    /// What an element inside a list of hours or days is good for.
    static func start(_ element: Element) -> ElementUse {
        element == .hour || element == .day ? .plainText(limit: 64) : .ignored
    }

    /// Takes the text of a field that has ended.
    mutating func finish(_ element: Element, in part: DocumentPart, _ fields: inout FieldReader) {
        switch element {
        case .ttl: draft.ttlSeconds = draft.ttlSeconds ?? Self.seconds(minutes: fields.text)
        case .updatePeriod: updatePeriod = updatePeriod ?? fields.text ?? ""
        case .updateFrequency: updateFrequency = updateFrequency ?? fields.text
        case .hour where part == .skipHours:
            guard let text = fields.text, let hour = Int(text), hour >= 0, hour <= 24 else { return }
            if !draft.skipHours.contains(hour % 24) { draft.skipHours.append(hour % 24) }
        case .day where part == .skipDays:
            guard let text = fields.text?.lowercased(),
                let day = Self.days.first(where: { $0.lowercased() == text })
            else { return }
            if !draft.skipDays.contains(day) { draft.skipDays.append(day) }
        default: break
        }
    }

    private static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    /// Minutes as seconds; nil for what is none or means nothing.
    private static func seconds(minutes text: String?) -> Int? {
        guard let text, let minutes = Int(text.whitespaceCollapsed), minutes > 0 else { return nil }
        return min(minutes, 10_000_000) * 60
    }

    /// The period divided by the frequency (polling.md §4); daily and once where an element is there and says nothing.
    private var updatePeriodSeconds: Int? {
        guard updatePeriod != nil || updateFrequency != nil else { return nil }
        let period: Double
        switch updatePeriod?.lowercased() ?? "" {
        case "hourly": period = 3600
        case "", "daily", "dayly": period = 86_400
        case "weekly": period = 604_800
        case "monthly": period = 2_592_000
        case "yearly": period = 31_536_000
        default: return nil
        }
        guard let updateFrequency else { return Int(period) }
        guard let frequency = Double(updateFrequency), frequency > 0, frequency.isFinite else { return nil }
        let seconds = (period / frequency).rounded(.down)
        return seconds >= 1 && seconds <= 1e9 ? Int(seconds) : nil
    }
}
