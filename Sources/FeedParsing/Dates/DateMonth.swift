private import Text

/// Names of months, by their first three or four letters.
enum DateMonth {
    /// The month from 1 to 12 that the word begins like, in any of the languages below.
    static func number(_ word: DateWord) -> Int? {
        guard word.count >= 3 else { return nil }
        if word.count == 3, let english = EnglishMonth.number(packed: word.ascii) { return english }
        return find(word.letters) ?? find(word.letters & ~0xffff)
    }

    private static func find(_ key: UInt64) -> Int? {
        var low = 0
        var high = table.count
        while low < high {
            let middle = low + (high - low) / 2
            if table[middle].key == key { return table[middle].month }
            if table[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// 0 marks a word that begins like a month and is none: the Tuesdays `martes`, `mardi`, `martedì`.
    private static let table: [(key: UInt64, month: Int)] = {
        // English, German, French, Spanish, Italian, Portuguese, Dutch, Nordic, Polish, Romanian, Turkish, Hungarian;
        // then Russian, Ukrainian, Bulgarian; then Greek.
        let names: [(Int, [StaticString])] = [
            (0, ["mart", "mard"]),
            (1, ["jan", "ene", "gen", "sty", "ian", "oca", "янв", "яну", "січ", "ιαν"]),
            (2, ["feb", "fev", "lut", "sub", "фев", "лют", "φεβ"]),
            (3, ["mar", "mrz", "maa", "mrt", "мар", "бер", "μαρ"]),
            (4, ["apr", "avr", "abr", "kwi", "nis", "апр", "кві", "απρ"]),
            (5, ["may", "mai", "mag", "maj", "mei", "мая", "май", "тра", "μαι"]),
            (6, ["jun", "juin", "giu", "cze", "iun", "haz", "июн", "чер", "юни", "ιουν", "ιον"]),
            (7, ["jul", "juil", "lug", "lip", "iul", "tem", "июл", "лип", "юли", "ιουλ", "ιολ"]),
            (8, ["aug", "ago", "aou", "sie", "agu", "авг", "серп", "αυγ"]),
            (9, ["sep", "set", "wrz", "szep", "eyl", "сен", "вер", "сеп", "σεπ"]),
            (10, ["oct", "okt", "ott", "out", "paz", "eki", "окт", "жов", "οκτ"]),
            (11, ["nov", "lis", "noi", "kas", "ноя", "лис", "ное", "νοε"]),
            (12, ["dec", "dez", "dic", "des", "gru", "ara", "дек", "гру", "δεκ"]),
        ]
        return names.flatMap { month, names in names.map { (key: DateWord($0).letters, month: month) } }
            .sorted { $0.key < $1.key }
    }()
}
