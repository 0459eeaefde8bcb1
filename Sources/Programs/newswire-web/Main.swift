internal import newswire

/// The program newswire-web: it reads the store, listens, and shows.
@main
enum Main {
    static func main() async { await Program.run(NewswireWeb.self) }
}
