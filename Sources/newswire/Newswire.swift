internal import ArgumentParser
internal import CShims
internal import Configuration
internal import Glibc

/// The program: one command line, one exit status.
@main
struct Newswire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "newswire",
        abstract: "Polls RSS, Atom and JSON feeds, keeps every article, and hands out what is new.",
        discussion: """
            EXAMPLE
              newswire poll                 poll the feeds that are due
              newswire dump --new           print the articles that came since the last time
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self, PollCommand.self, DumpCommand.self, AckCommand.self, ConsumersCommand.self,
            StatusCommand.self, FeedsCommand.self, PauseCommand.self, ResumeCommand.self, ExplainCommand.self,
            HistoryCommand.self, ReportCommand.self, SimulateCommand.self,
            DiscoverCommand.self, AddCommand.self, ImportCommand.self, ExportCommand.self, DeliverCommand.self,
            ParseCommand.self, CheckCommand.self, StoreCommand.self,
        ])

    static func main() async {
        StandardDescriptors.takeClosedOnes()
        // A reader that goes away is an error of a write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        DescriptorLimit.raise()
        // Documents and buffers come and go: giving their memory back each time, only to fault it in again for the next
        // feed, is a tenth to a fifth of a poll's CPU. A heap for each thread would keep as much in each: two threads
        // that parse seldom meet in one.
        newswire_keep_freed_memory(64 << 20, 4 << 20, Int32(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2)))
        do {
            var command = try parseAsRoot()
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
        if !failure.message.isEmpty { StandardError.fail("newswire: \(failure.message)") }
        Glibc.exit(failure.status.rawValue)
    }
}
