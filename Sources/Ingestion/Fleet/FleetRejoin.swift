package import ArticleStore
package import FeedModel
package import Fleet

/// `FleetRejoin` brings a copy back to its fleet's log that is ahead of it or beside it, because the engine has lost what it had
/// acknowledged (docs/spec/fleet.md F13): what is not in the log is set aside, and the rest is kept.
package struct FleetRejoin: Sendable, Equatable {
    /// The number of the last record that store and log have in common.
    package let last: UInt64
    /// What was cut off; nil where nothing stood behind that.
    package let cut: FleetCopy.Cut?

    /// Why it cannot be done; nothing was changed.
    package enum Failure: Error, CustomStringConvertible {
        case engine(EngineFailure)
        case store(StoreError)

        package var description: String {
            switch self {
            case .engine(let failure): failure.description
            case .store(let error): error.description
            }
        }
    }

    /// Finds how far both are the same, and cuts off what is behind. Nobody may write to the store; blocks.
    ///
    /// - Parameters:
    ///   - path: the store's.
    ///   - time: now; the name of what is set aside has it.
    package init(_ path: String, _ log: any FleetLog, at time: Timestamp) throws(Failure) {
        let copy: FleetCopy
        do throws(StoreError) { copy = try FleetCopy(at: path) } catch { throw .store(error) }
        let end: LogEnd
        do throws(EngineFailure) { end = try log.end() } catch { throw .engine(error) }
        guard end.fleet == copy.place.fleet else {
            throw .store(
                .fleet(
                    .damaged, path,
                    "it is of the fleet \(copy.place.fleet), and the engine has the log of \(end.fleet)",
                    advice: "name the engine of its fleet, or another [store] directory"))
        }
        var failure: StoreError?
        let found: LogEnd?
        do throws(EngineFailure) {
            found = try LogSearch(log, end).lastPlace { records in
                do throws(StoreError) {
                    return try copy.chain(of: records.seq) == records.chain
                } catch {
                    failure = error
                    return false
                }
            }
        } catch {
            throw .engine(error)
        }
        if let failure { throw .store(failure) }
        guard let found else {
            throw .store(
                .fleet(
                    .damaged, path, "nothing of what the log still has is as it is here",
                    advice: "copy the store of another machine of the fleet"))
        }
        do throws(StoreError) {
            last = try Self.last(found, copy, log)
            cut = try copy.cutBack(
                keeping: last,
                at: FleetPlace(fleet: end.fleet, position: found.position, seq: found.records.seq), time)
        } catch {
            throw .store(error)
        }
    }

    /// Of the entry behind the place the first records may be the same still.
    private static func last(
        _ place: LogEnd, _ copy: FleetCopy, _ log: any FleetLog
    ) throws(StoreError) -> UInt64 {
        var last = place.records.seq
        let row = try? log.entries(after: place.position, bytes: 1).first
        guard let row, let entry = try? LogEntry(body: row.body) else { return last }
        for line in entry.records {
            guard try copy.has(line, seq: last + 1) else { break }
            last += 1
        }
        return last
    }
}
