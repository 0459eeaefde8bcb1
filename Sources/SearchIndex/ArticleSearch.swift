internal import ArticleStore
package import FeedModel
internal import Glibc
internal import Locking

/// `ArticleSearch` finds articles by words, feed and time (web.md §11), in an index that is made from the articles of a store
/// and follows it.
///
/// Any thread may ask; it blocks while it reads. One thread of the program is in `follow`.
package final class ArticleSearch: Sendable {
    let folder: String
    let store: String
    let options: SearchOptions
    let clock: @Sendable () -> Timestamp
    let catalogue = Locked(SearchCatalogue())
    let isClosed = Locked(false)
    let names = Locked(FeedSuccessors())

    /// Opens what there is of the index, so that it can be asked at once; a file that is none of this newswire-web's is made
    /// again by `follow`.
    ///
    /// - Parameters:
    ///   - folder: where the files of the index are; nobody else writes there. It is made where it is missing.
    ///   - store: the folder of the store, which need not be there yet.
    ///   - clock: tells the time from which `age:` counts back.
    package convenience init(folder: String, store: String, clock: @escaping @Sendable () -> Timestamp) {
        self.init(folder: folder, store: store, options: SearchOptions(), clock: clock)
    }

    /// The same with other options.
    package init(folder: String, store: String, options: SearchOptions, clock: @escaping @Sendable () -> Timestamp) {
        self.folder = folder
        self.store = store
        self.options = options
        self.clock = clock
        openFiles()
    }

    /// Tells which feeds have other ids than in older records (`formerly`): the index speaks of feeds by the ids that they have
    /// now.
    package func adopt(successors: [FeedIdentifier: FeedIdentifier]) {
        let made = FeedSuccessors(successors)
        names.withLock { $0 = made }
        catalogue.withLock { $0.generation += 1 }
    }

    /// Brings the index up to the store, newest articles first, and follows it until `close` is called from another thread.
    ///
    /// What the disk or the store does not give is told by `standing` and tried again.
    ///
    /// - Parameter report: told in a line what a person should know, on this thread.
    package func follow(report: @escaping (String) -> Void = { _ in }) {
        let watch = ArticleWatch(directory: store)
        var keeper = keeper(report)
        var told: String?
        var (nextCheck, isChecking) = (ContinuousClock.now, false)
        while !isOver {
            watch.arm()
            var pause: Int32 = 500
            do throws(SearchFailure) {
                try makeFolder()
                while try keeper.step() {
                    if isOver { return }
                }
                catalogue.withLock { $0.trouble = nil }
                told = nil
                if nextCheck <= .now {
                    isChecking = keeper.checkSealed(now: clock())
                    nextCheck = .now + .milliseconds(Int(Self.pauseOfChecking))
                }
                if isChecking { pause = Self.pauseOfChecking }
            } catch {
                let trouble = "\(error)"
                catalogue.withLock { $0.trouble = trouble }
                if trouble != told { report("the search index is not written: \(trouble)") }
                told = trouble
                pause = 5000
            }
            keeper.rest()
            wait(for: watch, atMost: pause)
        }
    }

    /// In milliseconds, between two pieces of sealed files: 80 MB a second leave the disk to others.
    private static let pauseOfChecking: Int32 = 100

    /// Brings the index up to the store as it is now, and returns. Its sealed files are all looked at before, whether they are
    /// as they were written.
    ///
    /// - Parameter progress: told how many records are in and how many are to be, now and then; false ends it early.
    package func bringUp(
        progress: (_ done: UInt64, _ all: UInt64) -> Bool = { _, _ in true },
        report: @escaping (String) -> Void = { _ in }
    ) throws(SearchFailure) {
        try makeFolder()
        var keeper = keeper(report)
        while keeper.checkSealed(now: clock()), !isOver {}
        while try keeper.step(), !isOver {
            let (done, all) = catalogue.withLock { catalogue in
                let done = catalogue.entries.reduce(0) { $0 + $1.extent.through - $1.extent.from + 1 }
                return (done, catalogue.lastSeq - min(catalogue.firstSeq, catalogue.lastSeq) + 1)
            }
            guard progress(min(done, all), all) else { return }
        }
    }

    /// Throws all of the index away. Not while `follow` runs.
    package func discard() throws(SearchFailure) {
        catalogue.withLock { $0.removeAll() }
        for name in names(in: folder) where Self.isOwn(name) {
            let path = "\(folder)/\(name)"
            if unlink(path) != 0, errno != ENOENT { throw .system("removing", path) }
        }
    }

    /// Ends `follow`, and all that is being asked. Nothing can be asked afterwards.
    package func close() { isClosed.withLock { $0 = true } }

    /// How far the index is.
    package var standing: SearchStanding { catalogue.withLock { $0 }.standing }

    private var isOver: Bool { isClosed.withLock { $0 } }

    private func keeper(_ report: @escaping (String) -> Void) -> IndexKeeper {
        IndexKeeper(folder: folder, store: store, options: options, catalogue: catalogue, report: report)
    }

    /// Waits until the store may have changed, or for so many milliseconds; half a second at most where the index is closed.
    private func wait(for watch: ArticleWatch, atMost milliseconds: Int32) {
        var left = milliseconds
        while left > 0, !isOver {
            var descriptor = pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&descriptor, 1, min(left, 500)) > 0, milliseconds <= 500 { return }
            left -= 500
        }
    }

    private func makeFolder() throws(SearchFailure) {
        if mkdir(folder, 0o750) != 0, errno != EEXIST { throw .system("making", folder) }
    }

    // MARK: - Files that are there

    private static let ownSuffixes = [".open", ".sealed", ".making"]
    private static let suffixesBeside = ["", "-wal", "-shm", "-journal", FileSum.suffix, FileSum.suffixInTheMaking]

    /// Whether a file of that name is the index's, or stands beside one.
    private static func isOwn(_ name: String) -> Bool {
        let digits = name.utf8.prefix(20)
        guard digits.count == 20, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        let rest = name.dropFirst(20)
        return ownSuffixes.contains { suffix in
            rest.hasPrefix(suffix) && suffixesBeside.contains(String(rest.dropFirst(suffix.count)))
        }
    }

    private func openFiles() {
        let names = Set(names(in: folder).filter(Self.isOwn))
        for name in names where name.hasSuffix(".making") || name.hasSuffix(".making-journal") {
            unlink("\(folder)/\(name)")
        }
        // The process ended while a checksum was written, or before the last one of a file was removed.
        for name in names {
            let isLeft = name.hasSuffix(FileSum.suffix) && !names.contains(String(name.dropLast(FileSum.suffix.count)))
            if isLeft || name.hasSuffix(FileSum.suffixInTheMaking) { unlink("\(folder)/\(name)") }
        }
        for name in names where name.hasSuffix(".open") || name.hasSuffix(".sealed") {
            guard let first = UInt64(name.prefix(20)), first > 0 else { continue }
            let span = SearchSpan(of: first, length: options.spanLength)
            guard span.first == first else {
                // No file of this index begins there.
                unlink("\(folder)/\(name)")
                continue
            }
            let isSealed = name.hasSuffix(".sealed")
            // The process ended between the two: all is in the sealed one.
            if !isSealed, names.contains("\(span.digits).sealed") {
                SearchFile(span, isSealed: false, in: folder).remove()
                continue
            }
            open(SearchFile(span, isSealed: isSealed, in: folder))
        }
    }

    private func open(_ file: SearchFile) {
        do throws(SearchFailure) {
            let extent = try file.extent()
            catalogue.withLock { $0.take(file, extent) }
        } catch {
            // What the system does not give now is no reason to make a file again.
            catalogue.withLock { catalogue in
                if error.isRefusal {
                    catalogue.unopened.append(file)
                } else {
                    catalogue.damaged.insert(file.span)
                }
            }
        }
    }

    private func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            // Not nil: it is a stored member.
            let start = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \dirent.d_name)!
            names.append(String(cString: start.assumingMemoryBound(to: CChar.self)))
        }
        return names
    }
}

/// `FeedSuccessors` knows the ids that feeds have now by those that they had before.
struct FeedSuccessors: Sendable {
    private let successors: [FeedIdentifier: FeedIdentifier]
    private let formers: [FeedIdentifier: [FeedIdentifier]]

    init(_ successors: [FeedIdentifier: FeedIdentifier] = [:]) {
        self.successors = successors.filter { $0.key != $0.value }
        formers = Dictionary(grouping: self.successors.keys) { successors[$0] ?? $0 }
    }

    func current(_ id: FeedIdentifier) -> FeedIdentifier { successors[id] ?? id }

    /// The ids under which a feed may stand in records.
    func all(of id: FeedIdentifier) -> [FeedIdentifier] {
        (successors[id] == nil ? [id] : []) + (formers[id] ?? [])
    }
}
