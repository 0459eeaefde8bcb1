import Digest
import FeedModel
import JSONText
import TestSupport

/// A desk whose articles go to a bus.
struct PublishDesk {
    let desk = Desk()

    /// Writes the configuration anew.
    func configure(_ table: String, name: String = "index") {
        desk.folder.write(
            "contact = \"https://example.org/bot\"\n[store]\ndirectory = \"store\"\n[publish.\(name)]\n\(table)\n",
            to: "newswire.toml")
    }

    /// Puts articles into the store, numbered on from those that are there, at one time of the day.
    func store(_ numbers: ClosedRange<Int>, _ change: (inout StoredArticle) -> Void = { _ in }) throws {
        try desk.store(numbers.map { StoredArticle("\($0)").with(change) })
    }

    /// Puts many articles into the store at once.
    func storeMany(_ numbers: ClosedRange<Int>) throws { try desk.storeMany(numbers) }

    func publish(_ options: String..., name: String = "index") async -> ChildProcess.Ending {
        await desk.run(["publish", "--as", name] + options)
    }

    /// Starts a publisher that goes on until it is told to stop.
    func start(name: String = "index") -> ChildProcess {
        desk.start(["publish", "--as", name, "--config", desk.folder.file("newswire.toml")])
    }

    /// The lines of all records, as the store has them.
    func lines() async -> [String] {
        await desk.run("dump", "--updates", "--duplicates").lines
    }

    /// Waits until something is so, for at most half a minute.
    static func waits(for isSo: () async -> Bool) async -> Bool {
        for _ in 0..<600 {
            if await isSo() { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    /// The id of a message (P2), from the line of its record.
    static func id(of line: String) -> String { String(line.suffix(93).prefix(32)) }
}
