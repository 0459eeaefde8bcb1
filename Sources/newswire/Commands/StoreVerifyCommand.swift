internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Glibc

struct StoreVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reads every byte of the store and proves it whole.",
        discussion: """
            Each line is compared with its checksum, all of them by the chain of hashes; their numbers, what retention has
            left, the index and the cursors with the articles. Ends with 65 where anything is wrong. Works beside the
            service.

            The last line is the head: its number and hash, written down elsewhere, prove later that nothing up to there
            was altered, removed or put in.

            EXAMPLE
              newswire store verify
              newswire store verify --head 1284:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
            """)

    @Option(help: ArgumentHelp("A head that was written down before, to be found again.", valueName: "SEQ:HASH"))
    var head: StoreVerifier.Head?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let directory = try common.load().store.directory
        let progress = ByteProgress("verified")
        let result: VerifierResult
        do throws(StoreError) {
            let verifier = try StoreVerifier(directory: directory, head: head)
            let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
            result = try await verifier.run(
                workers: cores, progress: { progress.show($0, of: $1) },
                damage: { damage in
                    progress.clear()
                    StandardError.write("newswire: \(damage)")
                })
        } catch {
            progress.clear()
            throw CommandFailure(error)
        }
        progress.clear()
        try print(result)
        let problems = problems(of: result)
        if !problems.isEmpty {
            throw CommandFailure(
                .badInput,
                "verifying \(directory): the store is not as it should be: \(problems.joined(separator: "; "))")
        }
    }

    private func print(_ result: VerifierResult) throws(OutputError) {
        var output = StandardOutput()
        func count(_ kind: RecordKind) -> UInt64 { result.kinds[kind] ?? 0 }
        try output.write(line: "segments: \(result.segments), \(result.bytes) bytes")
        let extent = result.records > 0 ? " (\(result.firstSeq) to \(result.lastSeq))" : ""
        try output.write(line: "records: \(result.records)\(extent)")
        try output.write(
            line: "kinds: \(count(.new)) new, \(count(.update)) updates, \(count(.duplicate)) duplicates,"
                + " \(count(.alias)) aliases")
        if result.removedRecords > 0 {
            try output.write(line: "removed by retention: \(result.removedRecords) records, whose identities are there")
        }
        if result.unfinishedBytes > 0 {
            try output.write(
                line: "unfinished write at the end: \(result.unfinishedBytes) bytes; the next start takes it away")
        }
        if result.damagedStateLines > 0 {
            try output.write(line: "damaged feed states: \(result.damagedStateLines); those feeds are polled anew")
        }
        try output.write(line: "verdict: \(result.isWhole ? "whole" : "damaged")")
        try output.write(line: "head: \(result.lastSeq):\(result.head)")
        try output.flush()
    }

    private func problems(of result: VerifierResult) -> [String] {
        var problems: [String] = []
        if result.damages > 0 {
            problems.append("\(result.damages) damaged places in the articles; put them back from a copy")
        }
        if result.lostRecords > 0 {
            let (first, last) = (result.lastSeq + 1, result.lastSeq + result.lostRecords)
            problems.append("records \(first) to \(last) had been stored and are gone; put them back from a copy")
        }
        if result.indexErrors > 0 {
            problems.append(
                "the index is wrong in \(result.indexErrors) places; stop newswire and remove the folder `index`,"
                    + " it is made again")
        }
        for name in result.wrongCursors {
            problems.append(
                "the cursor of \(name) holds no number or stands beyond the last record;"
                    + " set it with `newswire ack \(name) SEQ`")
        }
        guard let head else { return problems }
        switch result.headAnswer {
        case .found, nil: break
        case .beyondEnd:
            problems.append("the store ends at \(result.lastSeq), before the head \(head.seq): records are gone")
        case .notThere: problems.append("there is no record \(head.seq) to compare the head with")
        case .different(let chain):
            problems.append(
                "record \(head.seq) has the hash \(chain), not that of the head: something up to there was changed")
        }
        return problems
    }
}

extension StoreVerifier.Head: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}
