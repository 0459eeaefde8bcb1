/// How far the reading of segments has come from which the index is made; told ten times a second at most.
final class ReadingProgress {
    private let tell: (_ done: UInt64, _ total: UInt64) -> Void
    private var total: UInt64 = 0
    private var done: UInt64 = 0
    private var untold: UInt64 = 0
    private var told: ContinuousClock.Instant?

    /// Bytes after which the clock is looked at.
    private static let step: UInt64 = 256 << 10

    init(_ tell: @escaping (_ done: UInt64, _ total: UInt64) -> Void) {
        self.tell = tell
    }

    /// Starts anew.
    ///
    /// - Parameter offset: what of the first segment is not read.
    func begin(_ segments: some Sequence<Segment>, from offset: UInt64 = 0) throws(StoreError) {
        var size: UInt64 = 0
        for segment in segments { size += try OpenFile.reading(segment.path)?.size() ?? 0 }
        total = size > offset ? size - offset : 0
        done = 0
        untold = 0
        if total > 0 { show() }
    }

    func add(_ bytes: UInt64) {
        untold += bytes
        if untold < Self.step { return }
        done += untold
        untold = 0
        goOn()
    }

    /// Something goes on, though nothing is read meanwhile.
    func goOn() {
        if total == 0 { return }
        if let told, ContinuousClock.now - told < .milliseconds(100) { return }
        show()
    }

    private func show() {
        told = .now
        tell(min(done, total), total)
    }
}
