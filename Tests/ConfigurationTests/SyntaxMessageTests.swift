import Configuration
import TestSupport
import Testing

@Suite("What is wrong with a file that is no TOML, in the words of who wrote it")
struct SyntaxMessageTests {
    private let fixture = ConfigurationFixture()

    private static let mistakes: [(text: String, line: Int, message: String)] = [
        ("url = \"https://a.org/f\nid = \"a\"", 2, "a quotation mark is missing at the end of a text"),
        ("url = 'https://a.org/f\nid = 'a'", 2, "a quotation mark is missing at the end of a text"),
        ("url = \"\"\"https://a.org/f", 2, "a quotation mark is missing at the end of a text"),
        ("url = https://a.org/f", 2, "quotation marks are missing around a text"),
        ("tags = [a, b]", 2, "quotation marks are missing around a text"),
        ("url = “https://a.org/f”", 2, "quotation marks are the plain ones of the keyboard"),
        ("url \"https://a.org/f\"", 2, "an equals sign is missing"), ("url: \"x\"", 2, "an equals sign is missing"),
        ("my title = \"x\"", 2, "an equals sign is missing behind a key"), ("url =", 2, "a value is missing"),
        ("tags = [\"a\" \"b\"]", 2, "a comma, a quotation mark or the closing ]"),
        ("tags = [\"a, \"b\"]", 2, "a comma, a quotation mark or the closing ]"),
        ("tags = [\"a\", \"b\"\nid = \"x\"", 3, "a comma, a quotation mark or the closing ]"),
        ("bearer = { file = \"x\"", 2, "a comma or the closing } is missing"),
        ("enabled = no", 2, "write true or false"), ("enabled = False", 2, "write true or false in small letters"),
        ("interval = 2h", 2, "spans and sizes are texts"), ("title = \"C:\\dir\"", 2, #"a \ in a text between ""#),
        ("title = \"a \"b\" c\"", 2, "something stands behind the value"),
        ("url = \"x\" // mine", 2, "a comment begins with #"),
        ("url = \"x\";", 2, "something stands behind the value"),
        ("url = \"x\"\nurl = \"y\"", 3, "this key is there before in the same table"),
        ("[fetch", 2, "the brackets around the name of a table do not match"),
        ("[fetch]]", 2, "the brackets around the name of a table do not match"),
        ("[fetch]\n[fetch]", 3, "this table is there before"), ("<opml>", 2, "a list of feeds is named by include"),
    ]

    @Test(
        "A slip of TOML is named by what a person did, with its line",
        arguments: Self.mistakes)
    func slips(text: String, line: Int, message: String) {
        let errors = fixture.errors("[[feed]]\n\(text)\n")
        #expect(errors.count == 1 && errors[0].hasPrefix("newswire.toml:\(line): error: is not TOML: "), "\(errors)")
        #expect(errors.first?.contains(message) == true, "\(errors)")
    }

    @Test("A [feed] before a [[feed]] is said to want two brackets")
    func brackets() {
        let errors = fixture.errors("[feed]\nurl = \"https://a.org/\"\n[[feed]]\nurl = \"https://b.org/\"\n")
        #expect(errors == ["newswire.toml:3: error: is not TOML: write [[feed]] with two brackets before each feed"])
    }

    @Test(
        "Nothing of a line that may hold a secret is repeated", arguments: ["bearer = hunter2", "password = \"hunter2"])
    func secrets(line: String) {
        let errors = fixture.errors("[[feed]]\n\(line)\n")
        #expect(errors.count == 1 && errors[0].contains("is not TOML") && !errors[0].contains("hunter2"), "\(errors)")
    }
}
