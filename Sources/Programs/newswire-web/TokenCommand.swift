internal import ArgumentParser
internal import newswire

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Prints a new random token, for a secret file.",
        discussion: """
            It has 256 bits. Nothing remembers it: it counts once a [[web.account]] names the file, and newswire-web has read it.

            EXAMPLE
              (umask 077; newswire-web token >/etc/newswire-web/desk-token)
            """)

    func run() throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        try OutputLines.print([String((0..<43).map { _ in alphabet[Int.random(in: 0..<64, using: &generator)] })])
    }
}
