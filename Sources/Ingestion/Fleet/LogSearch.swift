internal import Fleet

/// `LogSearch` looks for a place in a log by how far the records are there, without reading all of it. The thread that has the
/// log alone has it.
struct LogSearch {
    private let log: any FleetLog
    private let end: LogEnd

    init(_ log: any FleetLog, _ end: LogEnd) {
        self.log = log
        self.end = end
    }

    /// Finds the last place that fits, of those that the log still tells of.
    ///
    /// - Parameter fits: true up to some place, and false behind it.
    /// - Returns: nil where none fits.
    func lastPlace(_ fits: (LogEnd.Records) throws(EngineFailure) -> Bool) throws(EngineFailure) -> LogEnd? {
        if try fits(end.records) { return end }
        // Further back in longer and longer steps, then ever closer.
        var high = end.position
        var step: UInt64 = 1
        var low: LogEnd?
        while low == nil {
            guard high > 0 else { return nil }
            let position = high > step ? high - step : 0
            if let place = try place(position) {
                if try fits(place.records) {
                    low = place
                } else {
                    high = position
                    step *= 2
                }
            } else if step > 1 {
                // That far back nothing is kept.
                step = 1
                if try place(high - 1) == nil { return nil }
            } else {
                return nil
            }
        }
        while let found = low, high - found.position > 1 {
            let middle = found.position + (high - found.position) / 2
            guard let place = try place(middle) else { return nil }
            if try fits(place.records) { low = place } else { high = middle }
        }
        return low
    }

    /// How far the records are behind an entry; nil where the log does not tell any more.
    private func place(_ position: UInt64) throws(EngineFailure) -> LogEnd? {
        do throws(EngineFailure) {
            let row = try log.entries(after: position, bytes: 1).first
            return row.map { LogEnd(fleet: end.fleet, position: position, records: $0.before) }
        } catch {
            if error.kind == .trimmed { return nil }
            throw error
        }
    }
}
