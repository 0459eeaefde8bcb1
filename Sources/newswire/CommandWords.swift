internal import ArgumentParser
internal import Configuration
internal import FeedModel
private import Text

/// The command line as people write it, made into what the commands take: options of every command may stand before it,
/// the version may be asked for in several ways, and of a command that there is not the nearest is named.
enum CommandWords {
    /// - Parameters:
    ///   - words: without the name of the program.
    ///   - root: the command whose subcommands are meant.
    static func normalized(_ words: [String], for root: any ParsableCommand.Type) throws(CommandFailure) -> [String] {
        var rest = words[...]
        var moved: [String] = []
        while let word = rest.first {
            if ["--config", "--log-level"].contains(word), rest.count > 1 {
                moved += rest.prefix(2)
                rest.removeFirst(2)
            } else if word.hasPrefix("--config=") || word.hasPrefix("--log-level=") {
                moved.append(word)
                rest.removeFirst()
            } else {
                break
            }
        }
        guard let first = rest.first else { return words }
        if ["-v", "-V", "version"].contains(first) { return ["--version"] }
        if first == "help" {
            _ = try path(&rest, root, isHelp: true)
            return Array(words.drop { $0 != "help" })
        }
        if first.hasPrefix("-") { return words }
        let path = try path(&rest, root, isHelp: false)
        return path + moved + rest
    }

    /// Takes the names of a command and its subcommands.
    private static func path(
        _ rest: inout ArraySlice<String>, _ root: any ParsableCommand.Type, isHelp: Bool
    ) throws(CommandFailure) -> [String] {
        var path: [String] = []
        var command = root
        if isHelp { rest.removeFirst() }
        while let word = rest.first, !word.hasPrefix("-") {
            let all = command.configuration.subcommands
            if all.isEmpty { break }
            guard let next = all.first(where: { $0.configuration.commandName == word }) else {
                throw unknown(
                    word, behind: path, among: all.compactMap { $0.configuration.commandName },
                    of: root.configuration.commandName ?? "newswire")
            }
            command = next
            path.append(word)
            rest.removeFirst()
        }
        return path
    }

    private static func unknown(
        _ word: String, behind path: [String], among names: [String], of program: String
    ) -> CommandFailure {
        let command = (path + [word]).joined(separator: " ")
        let nearest = EditDistance.nearest(to: word, among: names).map {
            "; did you mean \((path + [$0]).joined(separator: " "))?"
        }
        let help = ([program] + path + ["--help"]).joined(separator: " ")
        return CommandFailure(.usage, "there is no command \(command)\(nearest ?? "; `\(help)` lists them")")
    }
}
