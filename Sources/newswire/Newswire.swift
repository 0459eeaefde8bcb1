package import ArgumentParser
internal import CShims
internal import Configuration
internal import Glibc
package import Publishing

/// `Program` is what the programs of Sources/Programs run, each of which is no more than a call of it.
package enum Program {
    /// The buses that the program is linked with; nil for newswire itself, which is linked with none.
    @TaskLocal static var buses: (any BusMaker)?

    /// Runs the command line of the process, and ends the process with its exit status.
    package static func run() async -> Never {
        await Newswire.runToEnd(Array(CommandLine.arguments.dropFirst()))
        Glibc.exit(ExitStatus.done.rawValue)
    }

    /// Runs the command line of the process as one of a program of its own, whose commands begin with `root`, and ends the
    /// process with its exit status.
    package static func run(_ root: any ParsableCommand.Type) async -> Never {
        await root.runToEnd(Array(CommandLine.arguments.dropFirst()))
        Glibc.exit(ExitStatus.done.rawValue)
    }

    /// Runs one command with the command line of the process, in a program that is linked with buses.
    package static func run(_ command: String, with buses: some BusMaker) async -> Never {
        await $buses.withValue(buses) { await Newswire.runToEnd([command] + CommandLine.arguments.dropFirst()) }
        Glibc.exit(ExitStatus.done.rawValue)
    }
}

/// All commands: one command line, one exit status.
struct Newswire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "newswire",
        abstract: "Polls RSS, Atom and JSON feeds, keeps every article, and hands out what is new.",
        discussion: """
            EXAMPLE
              # poll the feeds that are due
              newswire poll
              # print the articles that came since the last time
              newswire dump --new
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self, ReloadCommand.self, PollCommand.self, DumpCommand.self, AckCommand.self,
            ConsumersCommand.self, StatusCommand.self, FeedsCommand.self, PauseCommand.self, ResumeCommand.self,
            ExplainCommand.self,
            HistoryCommand.self, ReportCommand.self, SimulateCommand.self,
            DiscoverCommand.self, AddCommand.self, RemoveCommand.self, RenameCommand.self, TagCommand.self,
            ImportCommand.self,
            ExportCommand.self, DeliverCommand.self, PublishCommand.self, FiltersCommand.self, ParseCommand.self,
            ExtractCommand.self,
            CheckCommand.self,
            StoreCommand.self, FleetCommand.self,
        ])

    /// They may stand before the command: `CommandWords` moves them behind it.
    @OptionGroup var common: CommonOptions
}

extension ParsableCommand {
    /// Runs a command line. Where that fails, it says so and ends the process.
    ///
    /// - Parameter arguments: without the program's name.
    fileprivate static func runToEnd(_ arguments: [String]) async {
        StandardDescriptors.takeClosedOnes()
        // A reader that goes away is an error of a write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        DescriptorLimit.raise()
        // Documents and buffers come and go: giving their memory back each time, only to fault it in again for the next
        // feed, is a tenth to a fifth of a poll's CPU. A heap for each thread would keep as much in each: two threads
        // that parse seldom meet in one.
        newswire_keep_freed_memory(64 << 20, 4 << 20, Int32(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2)))
        do {
            var command = try parseAsRoot(
                CommandWords.normalized(arguments, for: self))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            end(failure)
        } catch let error as OutputError {
            guard let failure = CommandFailure(error) else { Glibc.exit(0) }
            end(failure)
        } catch let error as ConfigurationError {
            for diagnostic in error.diagnostics { StandardError.fail(diagnostic.description) }
            Glibc.exit(ExitStatus.badConfiguration.rawValue)
        } catch {
            // Help goes to standard output; what is wrong with the arguments repeats them.
            let status = exitCode(for: error)
            if status.isSuccess { exit(withError: error) }
            let message = fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
            StandardError.write(lines: message.map(String.init))
            Glibc.exit(status.rawValue)
        }
    }

    private static func end(_ failure: CommandFailure) -> Never {
        let program = configuration.commandName ?? "newswire"
        if !failure.message.isEmpty { StandardError.fail("\(program): \(failure.message)") }
        Glibc.exit(failure.status.rawValue)
    }
}

/// How many files and sockets this process may have open (RLIMIT_NOFILE).
///
/// Programs that use select(2) break beyond 1024, hence the low soft limit that processes are given; this one does not.
enum DescriptorLimit {
    /// Descriptors that are kept for the store, the log, epoll and what the runtime opens.
    private static let reserve = 64
    /// A transfer whose name is being looked up has a pair of sockets for the answer, and the resolver's own.
    private static let perTransfer = 4

    /// Raises the soft limit to the hard one, as far as that is allowed.
    static func raise() {
        guard var limit = current, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// How many transfers can run at a time without running out; at least one.
    static var mostTransfers: Int {
        guard let limit = current else { return .max }
        return mostTransfers(limit: Int(clamping: limit.rlim_cur))
    }

    static func mostTransfers(limit: Int) -> Int {
        max(1, (limit - reserve) / perTransfer)
    }

    private static var current: rlimit? {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? limit : nil
    }
}
