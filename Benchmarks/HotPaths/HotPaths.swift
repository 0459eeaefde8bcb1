import Glibc

/// Runs one of the paths that every article or poll takes, so many times over inputs that are always the same.
///
///     hotpaths PATH [COUNT]      prints a line of JSON: the path, how many operations, their unit, CPU nanoseconds of each
///     hotpaths --list            the names of the paths
///     hotpaths --inputs FOLDER   writes the documents and lines, for the C programs that are compared
///
/// One thread, no network. Under callgrind the number of instructions is the same each time to a fraction of a percent.
@main
struct HotPaths {
    private static var paths: [any HotPath.Type] {
        [
            ParsePath.self, JSONPath.self, IdentityPath.self, KnownPath.self, AppendPath.self, SchedulePath.self,
            StatePath.self, StateLinePath.self, RulesPath.self, TokensPath.self, PagePath.self,
        ]
    }

    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "--list": for path in paths { print(path.name) }
        case "--inputs" where arguments.count == 2: try Inputs.write(to: arguments[1])
        case let name?:
            guard let path = paths.first(where: { $0.name == name }) else { return usage() }
            try run(path, count: arguments.dropFirst().first.flatMap { Int($0) } ?? path.standardCount)
        case nil: usage()
        }
    }

    private static func usage() {
        print("usage: hotpaths PATH [COUNT] | --list | --inputs FOLDER")
        exit(64)
    }

    private static func run(_ path: any HotPath.Type, count: Int) throws {
        var path = try path.init()
        let start = cpuNanoseconds()
        for number in 0..<count { try path.step(number) }
        let each = count > 0 ? (cpuNanoseconds() - start) / count : 0
        print(#"{"path":"\#(type(of: path).name)","operations":\#(count),"cpu_ns":\#(each)}"#)
    }

    private static func cpuNanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}

/// One of the paths.
protocol HotPath {
    static var name: String { get }
    /// Operations of a run that takes about half a second.
    static var standardCount: Int { get }
    init() throws
    /// The operation of that number, from 0.
    mutating func step(_ number: Int) throws
}
