/// How long to wait before a batch that failed is tried again: 1 s, twice as long after each failure, at most 5 min, or what
/// else is said.
struct DeliveryBackoff: Equatable {
    static let longest = 300

    /// Times that the batch has been tried in vain.
    private(set) var failures: Int

    private let longest: Int

    /// - Parameter longest: seconds.
    init(failures: Int = 0, longest: Int = Self.longest) {
        self.failures = failures
        self.longest = longest
    }

    /// - Returns: seconds to wait.
    mutating func failed() -> Int {
        failures += 1
        return failures > 9 ? longest : min(1 << (failures - 1), longest)
    }
}
