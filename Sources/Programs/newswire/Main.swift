internal import newswire

/// The program newswire.
@main
enum Main {
    static func main() async { await Program.run() }
}
