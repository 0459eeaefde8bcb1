import Testing

@testable import newswire

@Suite("The command line as people write it: contract.md §1.1")
struct CommandWordsTests {
    private func normalized(_ line: String) throws -> String {
        try CommandWords.normalized(line.split(separator: " ").map(String.init), for: Newswire.self)
            .joined(separator: " ")
    }

    @Test(
        "Options of every command may stand before it, and the version may be asked for in several ways",
        arguments: [
            ("--config a.toml feeds --json", "feeds --config a.toml --json"),
            ("--config=a.toml --log-level debug store verify", "store verify --config=a.toml --log-level debug"),
            ("--config a.toml deliver --as x -- cat --config", "deliver --config a.toml --as x -- cat --config"),
            ("feeds --config a.toml", "feeds --config a.toml"), ("-v", "--version"), ("-V", "--version"),
            ("version", "--version"), ("--config a.toml version", "--version"), ("--version", "--version"),
            ("help poll", "help poll"), ("help store verify", "help store verify"), ("help", "help"), ("", ""),
            ("--help", "--help"), ("--config", "--config"), ("remove poll", "remove poll"),
            ("---completion feeds -- x", "---completion feeds -- x"), ("report", "report"),
        ])
    func normal(line: String, expected: String) throws {
        #expect(try normalized(line) == expected)
    }

    @Test(
        "Of a command that there is not the nearest is named, also behind help and below another",
        arguments: [
            ("dmp --new", "there is no command dmp; did you mean dump?"),
            ("--config a.toml fed", "there is no command fed; did you mean feeds?"),
            ("help stats", "there is no command stats; did you mean status?"),
            ("store verfy", "there is no command store verfy; did you mean store verify?"),
            ("store xyzxyz", "there is no command store xyzxyz; `newswire store --help` lists them"),
            ("something-else", "there is no command something-else; `newswire --help` lists them"),
        ])
    func unknown(line: String, message: String) {
        do {
            _ = try normalized(line)
            Issue.record("taken")
        } catch {
            let failure = error as? CommandFailure
            #expect(failure?.message == message && failure?.status == .usage)
        }
    }

    @Test("Completion reads the configuration that the command would read")
    func completion() {
        #expect(Completions.file(in: ["newswire", "feeds", "--config", "a.toml", ""]) == "a.toml")
        #expect(Completions.file(in: ["newswire", "feeds", "--config=a.toml"]) == "a.toml")
        #expect(Completions.file(in: ["newswire", "feeds", "--config"]) == nil)
        #expect(Completions.file(in: ["newswire", "feeds", ""]) == nil)
    }
}
