private import Web

extension Configuration {
    /// Says what `private_networks` of all feeds let in beside the feeds that it is meant for.
    package func checkNetworks() -> [Diagnostic] {
        let isOpen =
            switch fetch.privateNetworks {
            case .deny: false
            case .allow: true
            case .list(let entries): !entries.isEmpty
            }
        guard isOpen else { return [] }
        return [
            Diagnostic(
                .warning, file: path, line: 1,
                "[fetch] private_networks: holds for every feed, also for one whose host's name is made to lead there "
                    + "later; where a few feeds need it, write it in their [[feed]] tables")
        ]
    }
}
