import Engine
import Fleet
import Glibc
import Locking

/// Appends the same entry to a fleet's log again and again, as the machine of one run does it, and says how long that took.
/// `.ci/fleet-bench` puts it beside pgbench.
///
///     fleetlog ENGINE RUN BODY COUNT [--every MILLISECONDS]
///
/// ENGINE is what `[fleet] engine` says, RUN a row of newswire.node, BODY a file. With --every an entry is due so often, and what
/// is waited for it counts; without, one follows the other. The records that the log says it ends with stay the same. Prints
/// one line of JSON; times are in microseconds, from when an entry is due to when it is in the log.
@main
struct FleetLogBench {
    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count == 4 || words.count == 6 && words[4] == "--every", let count = Int(words[3]),
            let body = contents(words[2])
        else {
            print("usage: fleetlog ENGINE RUN BODY COUNT [--every MILLISECONDS]")
            exit(64)
        }
        let access = try EngineAccess(EngineSettings(url: words[0], durability: .managed))
        let log = EngineLog(access, run: Locked(words[1]))
        var appending = Appending(log: log, body: body, position: try log.end().position)
        try appending.run(count, every: words.count == 6 ? Int(words[5]) : nil)
        print(appending.summary)
    }

    private static func contents(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
        return bytes
    }
}

struct Appending {
    let log: EngineLog
    let body: [UInt8]
    var position: UInt64
    private var times: [Int64] = []
    private var overtaken = 0
    private var seconds = 0.0

    init(log: EngineLog, body: [UInt8], position: UInt64) {
        self.log = log
        self.body = body
        self.position = position
    }

    mutating func run(_ count: Int, every interval: Int?) throws {
        let end = try log.end().records
        let start = microseconds()
        for number in 0..<count {
            var due = microseconds()
            if let interval {
                due = start + Int64(number * interval * 1000)
                // What others append meanwhile is read as it comes, as by a machine of the fleet.
                while case let left = (due - microseconds()) / 1000, left > 0 {
                    log.wait(milliseconds: Int(left))
                    try follow()
                }
            }
            while true {
                let outcome = try log.append(body, seen: position, end: end)
                if case .appended(let place) = outcome {
                    position = place
                    break
                }
                guard outcome == .overtaken else {
                    print("fleetlog: the run is not in the fleet")
                    exit(1)
                }
                overtaken += 1
                try follow()
            }
            times.append(microseconds() - due)
        }
        seconds = Double(microseconds() - start) / 1e6
    }

    private mutating func follow() throws {
        while let last = try log.entries(after: position, bytes: 16 << 20).last {
            position = last.position
            if last.isLast { return }
        }
    }

    var summary: String {
        let sorted = times.sorted()
        func part(_ share: Double) -> Int64 { sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
        return "{\"entries\":\(times.count),\"overtaken\":\(overtaken),\"s\":\(seconds),\"p50\":\(part(0.5)),"
            + "\"p95\":\(part(0.95)),\"mean\":\(times.reduce(0, +) / Int64(times.count))}"
    }

    private func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
