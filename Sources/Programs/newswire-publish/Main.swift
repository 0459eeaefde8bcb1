internal import Buses
internal import newswire

/// The program newswire-publish: `newswire publish`, linked with the libraries of buses.
@main
enum Main {
    static func main() async { await Program.run("publish", with: Buses()) }
}
