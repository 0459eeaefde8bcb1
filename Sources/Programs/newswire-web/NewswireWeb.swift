internal import ArgumentParser
internal import newswire

/// The commands of newswire-web.
struct NewswireWeb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "newswire-web",
        abstract: "Shows what newswire has stored: pages for people, and HTTP for programs and readers of feeds.",
        discussion: """
            It reads the store and listens; it opens no connection to anywhere. Where it listens and who may do what is in \
            [web] of newswire.toml.

            EXAMPLE
              # say who may do what, and from where
              newswire-web check
              # run it, and open http://localhost:8473/
              newswire-web run
            """,
        version: "newswire-web \(Version.newswire)",
        subcommands: [RunCommand.self, CheckCommand.self, IndexCommand.self, TokenCommand.self])

    /// They may stand before the command: `CommandWords` moves them behind it.
    @OptionGroup var common: CommonOptions
}
