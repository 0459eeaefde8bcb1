/// How long to wait before a batch that failed is tried again: 1 s, twice as long after each failure, at most 5 min.
struct DeliveryBackoff: Equatable {
    private static let longest = 300

    /// Times that the batch has been tried in vain.
    private(set) var failures: Int

    init(failures: Int = 0) { self.failures = failures }

    /// - Returns: seconds to wait.
    mutating func failed() -> Int {
        failures += 1
        return failures > 9 ? Self.longest : min(1 << (failures - 1), Self.longest)
    }
}
