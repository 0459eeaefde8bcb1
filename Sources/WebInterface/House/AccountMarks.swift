package import FeedModel
internal import Locking

/// `AccountMarks` is what each account has read and starred (web.md §10). Any thread may ask and change.
///
/// Losing a file loses marks and nothing else; neither the store nor a cursor is ever touched.
package final class AccountMarks: Sendable {
    /// `Bounds` are what the store says of the numbers that can be marked.
    package struct Bounds: Sendable, Equatable {
        /// The first record that there is.
        package var first: UInt64
        /// The first record that was stored within `[web] unread`; what is before it is read.
        package var floor: UInt64
        /// The last record.
        package var last: UInt64

        package init(first: UInt64, floor: UInt64, last: UInt64) {
            self.first = first
            self.floor = floor
            self.last = last
        }
    }

    private let directory: String
    private let report: @Sendable (String) -> Void
    private let accounts = Locked<[String: MarkedAccount]>([:])

    /// Touches no file before somebody asks for an account.
    ///
    /// - Parameter report: told of files that are damaged or of another version, whose marks are lost.
    package init(stateDirectory: String, report: @escaping @Sendable (String) -> Void) {
        directory = "\(stateDirectory)/accounts"
        self.report = report
    }

    /// Returns an account's marks, which are read from its files when they are asked for first. One that has none begins
    /// at the floor.
    ///
    /// - Parameters:
    ///   - name: as `[[web.account]]` has it.
    ///   - bounds: asked when the account is asked for first, and once a day.
    package func account(
        _ name: String, now: Timestamp, bounds: () throws(WebFailure) -> Bounds
    ) throws(WebFailure) -> MarkedAccount {
        // The two names that lead out of the folder.
        guard name != ".", name != ".." else {
            throw WebFailure(
                500, "an account cannot keep marks under the name \(name)", hint: "Give it another in newswire.toml.")
        }
        let account = accounts.withLock { accounts in
            if let known = accounts[name] { return known }
            let account = MarkedAccount(directory: "\(directory)/\(name)", report: report)
            accounts[name] = account
            return account
        }
        if account.isDue(now) { try account.follow(try bounds(), now: now) }
        return account
    }
}
