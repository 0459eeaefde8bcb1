import TestSupport
import Testing

@Suite("Completion of commands in a shell", .serialized)
struct CompletionTests {
    private let desk = Desk()

    init() {
        desk.folder.write(
            """
            contact = "https://example.org/bot"
            [store]
            directory = "store"
            [[feed]]
            url = "https://example.org/feed"
            id = "northern"
            tags = ["Naval", "two words"]
            [[feed]]
            url = "https://example.org/other"
            id = "a:b"
            """, to: "newswire.toml")
    }

    /// What bash offers for the last of the words, by the script that newswire generates for it.
    private func offered(_ words: String...) async -> [String] {
        let script = """
            source <("$0" --generate-completion-script bash)
            cd "$1"; shift
            COMP_WORDS=("$0" "$@") COMP_CWORD=$# COMP_LINE="newswire $*" COMP_POINT=${#COMP_LINE}
            COMPREPLY=()
            _newswire "$0" "${@: -1}" "${@: -2:1}" 2>/dev/null
            [ ${#COMPREPLY[@]} = 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
            """
        let environment = Desk.environment.merging(["NEWSWIRE_CONFIG": desk.folder.file("newswire.toml")]) { $1 }
        let ending = await ChildProcess(
            "/bin/bash", ["-c", script, Desk.binary, desk.folder.path] + words, environment: environment
        ).wait()
        return ending.lines
    }

    @Test("The names of rules are offered, and their labels where articles are chosen by tag")
    func rules() async {
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(text + "\n" + Desk.rule("no-deals", "label", "deal", "label = \"deal\""), to: "newswire.toml")
        #expect(await offered("filters", "test", "no") == ["no-deals"])
        #expect(await offered("dump", "--tag", "d") == ["deal"])
        #expect(await offered("feeds", "--tag", "d").isEmpty)
    }

    @Test("Deliveries that files describe are offered as consumers to deliver for")
    func deliveries() async {
        desk.folder.write("", to: "deliver.d/chat.toml")
        #expect(await offered("deliver", "--as", "ch") == ["chat"])
        #expect(await offered("dump", "--as", "ch").isEmpty)
    }

    @Test("Feeds, tags and consumers of the configuration are offered, and files where a file is meant")
    func bash() async {
        #expect(await offered("explain", "n") == ["northern"])
        #expect(await offered("dump", "--feed", "") == ["a:b", "northern"])
        #expect(await offered("pause", "").contains("northern"))
        #expect(await offered("export", "--tag", "N") == ["Naval"])
        #expect(await offered("tag", "northern", "+N") == ["+Naval"])
        #expect(await offered("import", "newsw") == ["newswire.toml"])
        #expect(await offered("parse", "newsw") == ["newswire.toml"])
        #expect(await offered("check", "newsw") == ["newswire.toml"])
        #expect(await offered("feeds", "--config", "newsw") == ["newswire.toml"])
        let path = desk.folder.file("newswire.toml")
        #expect(await offered("--config", "newsw") == ["newswire.toml"])
        #expect(await offered("--config", path, "feeds", "n") == ["northern"])
        #expect(await offered("--config", path, "fee") == ["feeds"])
        desk.folder.write("", to: "letters/one")
        desk.folder.write("", to: "letter")
        #expect(await offered("deliver", "--dead-letter", "let") == ["letters"])
        #expect(await desk.run("poll").status != 78)
        #expect(await desk.run("ack", "archive", "0", "--create").status == 0)
        #expect(await offered("ack", "a") == ["archive"])
        #expect(await offered("dump", "--new", "--as", "a") == ["archive"])
    }

    @Test("Where the configuration is wrong or missing nothing is offered, and nothing is said")
    func nothing() async {
        desk.folder.write("contact = 1\n", to: "newswire.toml")
        #expect(await offered("explain", "n").isEmpty)
    }

    @Test("zsh is told of a colon that belongs to an id")
    func zsh() async {
        let environment = Desk.environment.merging(["SAP_SHELL": "zsh"]) { $1 }
        let words = ["newswire", "explain", "", "--config", desk.folder.file("newswire.toml")]
        let ending = await ChildProcess(
            Desk.binary, ["---completion", "explain", "--", "positional@0", "2", "0"] + words, environment: environment
        ).wait()
        #expect(
            ending.lines.contains("a\\:b") && ending.lines.contains("northern"), "\(ending.output) \(ending.errors)")
    }

    @Test("newswire check FILE checks that file, and a command that there is not ends with 64")
    func words() async {
        let path = desk.folder.file("newswire.toml")
        #expect(await desk.plain("check", path).output.hasSuffix("ok, 2 feeds\n"))
        #expect(await desk.plain("--config", path, "check").output.hasSuffix("ok, 2 feeds\n"))
        #expect(await desk.plain("check", path, "--config", path).status == 64)
        let unknown = await desk.plain("chek", path)
        #expect(unknown.status == 64 && unknown.errors.contains("did you mean check?"))
        for words in [["-v"], ["-V"], ["version"]] {
            #expect(await desk.plain(words).output.hasPrefix("newswire "))
        }
        #expect(await desk.plain("help", "poll").output.contains("USAGE: newswire poll"))
    }
}
