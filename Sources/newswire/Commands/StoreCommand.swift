internal import ArgumentParser

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Proves the store whole, tells its sizes, and removes what is too old.",
        discussion: """
            EXAMPLE
              newswire store verify         read every byte and print the head
              newswire store stats          sizes and counts
              newswire store expire         remove what is older than [store] keep
            """,
        subcommands: [StoreVerifyCommand.self, StoreStatsCommand.self, StoreExpireCommand.self])
}
