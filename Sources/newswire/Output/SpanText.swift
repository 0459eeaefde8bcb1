/// Spans of time as people read them.
enum SpanText {
    /// `45 s`, `23 min`, `1 h 5 min`, `3 d 4 h`: the two largest units.
    static func text(_ seconds: Int) -> String {
        let units = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        guard let first = units.firstIndex(where: { seconds >= $0.0 }) else { return "0 s" }
        let (size, name) = units[first]
        var text = "\(seconds / size) \(name)"
        if first + 1 < units.count {
            let (smaller, smallerName) = units[first + 1]
            let rest = seconds % size / smaller
            // Seconds beside minutes are noise from ten minutes on.
            if rest > 0, smaller > 1 || seconds < 600 { text += " \(rest) \(smallerName)" }
        }
        return text
    }
}
