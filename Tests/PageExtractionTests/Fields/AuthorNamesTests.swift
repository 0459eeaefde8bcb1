import Testing

@testable import PageExtraction

/// fulltext.md §4.3.
@Suite struct AuthorNamesTests {
    private func names(_ texts: String..., sites: [String] = ["The Courier", "courier.test"]) -> [String] {
        var names = AuthorNames(siteNames: Set(sites.map { ComparedWords.squeezed($0) }))
        for text in texts { names.add(text) }
        return names.names
    }

    @Test(
        "Names of authors are taken out of the lines that tell them",
        arguments: [
            ("Ana Sol", ["Ana Sol"]), ("By Ana Sol", ["Ana Sol"]), ("by: Ana Sol", ["Ana Sol"]),
            ("Written by Ana Sol", ["Ana Sol"]), ("Von Ana Sol", ["Ana Sol"]), ("Par Ana Sol", ["Ana Sol"]),
            ("Por Ana Sol", ["Ana Sol"]), ("Door Ana Sol", ["Ana Sol"]), ("Autor: Ana Sol", ["Ana Sol"]),
            ("Автор: Анна Соль", ["Анна Соль"]), ("A cura di Ana Sol", ["Ana Sol"]),
            ("Ana Sol and Ben Ruiz", ["Ana Sol", "Ben Ruiz"]), ("Ana Sol & Ben Ruiz", ["Ana Sol", "Ben Ruiz"]),
            ("Ana Sol, Ben Ruiz und Cem Ay", ["Ana Sol", "Ben Ruiz", "Cem Ay"]),
            ("Ana Sol et Ben Ruiz", ["Ana Sol", "Ben Ruiz"]), ("Ana Sol y Ben Ruiz", ["Ana Sol", "Ben Ruiz"]),
            ("José Ortega y Gasset", ["José Ortega y Gasset"]), ("Ana Sol; Ben Ruiz", ["Ana Sol", "Ben Ruiz"]),
            ("Ana Sol, Chief Reporter", ["Ana Sol"]), ("Ana Sol Staff Writer", ["Ana Sol"]),
            ("Ana Sol | The Courier", ["Ana Sol"]), ("Ana Sol - Political correspondent", ["Ana Sol"]),
            ("Ana Sol/dpa", ["Ana Sol"]), ("Ana Sol (Reuters)", ["Ana Sol"]), ("Ana Sol, Reuters", ["Ana Sol"]),
            ("Ana Sol, MD", ["Ana Sol"]), ("Ana Sol, Ph.D.", ["Ana Sol"]), ("Sam Day, Jr.", ["Sam Day Jr."]),
            ("ana@courier.test (Ana Sol)", ["Ana Sol"]), ("Ana Sol @anasol", ["Ana Sol"]),
            ("Ana Sol https://courier.test/ana", ["Ana Sol"]), ("  Ana   Sol ,", ["Ana Sol"]),
            ("J. R. Sol", ["J. R. Sol"]), ("Ana (R.J.) Sol", ["Ana Sol"]), ("Ana Sol, Berlin", ["Ana Sol"]),
            ("https://www.facebook.com/anasol", []), ("", []), ("May 20, 2019", []), ("@anasol", []), ("By", []),
            ("Admin", []), ("Photo: Ana Sol", []),
            ("Interview: Ana Sol", ["Ana Sol"]), ("By Ana Sol on Monday, May 20, 2019", ["Ana Sol"]),
            ("ByAna Sol", ["Ana Sol"]), ("View all posts by Ana Sol", ["Ana Sol"]),
            ("Von Ana Sol Fr, 18. Oktober 2019", ["Ana Sol"]),
            ("Ana Sol The Associated Press", ["Ana Sol"]), ("Ana Sol THE COURIER", ["Ana Sol"]), ("MrAna7", ["MrAna7"]),
            ("Ana Sol Ana Sol", ["Ana Sol"]),
            ("courier.test, Lisbon, Portugal", ["courier.test"]), ("Redaktion", ["Redaktion"]),
        ])
    func lines(text: String, expected: [String]) {
        #expect(names(text) == expected)
    }

    @Test("The site's name and agencies are no authors where a person is")
    func organizations() {
        #expect(names("The Courier", "Ana Sol") == ["Ana Sol"])
        #expect(names("Reuters", "Ana Sol") == ["Ana Sol"])
        #expect(names("Newsroom staff", "Ana Sol") == ["Ana Sol"])
        #expect(names("The Courier") == ["The Courier"])
        #expect(names("Reuters", "The Courier") == ["Reuters"])
    }

    @Test("A name that comes twice, in other letters, is one author")
    func duplicates() {
        #expect(names("Ana Solé", "ANA SOLE", "Ana Sol") == ["Ana Solé", "Ana Sol"])
    }

    @Test("Of what a page shows only what is written as names are counts")
    func visible() {
        func shown(_ text: String) -> [String] {
            var names = AuthorNames(siteNames: [])
            names.add(text, isVisible: true)
            return names.names
        }
        #expect(shown("By Ana de la Sol") == ["Ana de la Sol"])
        #expect(shown("By following these tips, happiness and success") == [])
        #expect(shown("Ana Sol lives in a house by the sea with her two dogs") == [])
        #expect(shown("林太郎") == ["林太郎"])
    }

    @Test("An article has 50 authors at most, and a text that is too long has none")
    func bounds() {
        let many = (0..<500).map {
            "Ana Sol" + String(repeating: "o", count: $0 % 40) + (String(repeating: "l", count: $0 / 40))
        }
        var names = AuthorNames(siteNames: [])
        for name in many { names.add(name) }
        #expect(names.names.count == AuthorNames.maximumNames)
        #expect(self.names(String(repeating: "Ana Sol, ", count: 10_000)) == [])
    }
}
