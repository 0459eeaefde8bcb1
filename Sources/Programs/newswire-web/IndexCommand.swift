internal import ArgumentParser
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import SearchIndex
internal import newswire

struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Brings the search index up to the store, and ends.",
        discussion: """
            newswire-web does so by itself while it runs, and then this ends with 75. Files of the index that are complete \
            are first held against their checksums; one that is damaged is made again. All of it can always be made again \
            from the articles.

            EXAMPLE
              newswire-web index --rebuild
            """)

    @Flag(name: .long, help: "Throw the index away first, and make all of it again.")
    var rebuild = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try WebSetup.load(path: try common.path())
        guard configuration.web.search else {
            throw CommandFailure(
                .badConfiguration,
                "\(configuration.path): [web] search is false: there is no index to bring up to the store")
        }
        let folder = try StateFolder(try WebSetup.folder(configuration))
        let search = ArticleSearch(
            folder: "\(folder.path)/index", store: configuration.store.directory, clock: SystemClock.now)
        defer {
            search.close()
            withExtendedLifetime(folder) {}
        }
        do throws(SearchFailure) {
            if rebuild { try search.discard() }
            try search.bringUp { done, all in
                StandardError.write("newswire-web: \(done) of \(all) records are in the index")
                return true
            }
        } catch {
            let status: ExitStatus =
                switch error.code {
                case .store, .damaged: .badInput
                case .noRoom, .inputOutput: .ioError
                default: .ioError
                }
            throw CommandFailure(status, "making the index: \(error)")
        }
        let standing = search.standing
        try OutputLines.print(["\(folder.path)/index: ok, up to record \(standing.lastSeq), \(standing.bytes) bytes"])
    }
}
