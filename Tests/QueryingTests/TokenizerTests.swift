import Testing

@testable import Querying

/// Tokens as text, with blanks between them.
func tokens(_ text: String) -> String {
    Tokenizer.tokens(of: text).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
}

@Suite("A text is cut into tokens: filters.md §1.3")
struct TokenizerTests {
    @Test(
        "Texts in thirty scripts are cut into their words",
        arguments: [
            ("Latin", "Ukraine's S-400: Łódź, Ærø, naïve co-op", "ukraine s s 400 lodz æro naive co op"),
            ("Cyrillic", "Ёлка, Йод и Київ; БпЛА-2", "елка йод и київ бпла 2"),
            ("Greek", "Ο Ἀχιλλεύς, ΔΡΟΜΟΣ και δρόμος", "ο αχιλλευσ δρομοσ και δρομοσ"),
            ("Armenian", "Հայաստան, Երևան", "հայաստան երևան"),
            ("Georgian", "თბილისი ᲗᲑᲘᲚᲘᲡᲘ", "თბილისი თბილისი"),
            ("Hebrew", "חיל האוויר, צה״ל", "חיל האוויר צה ל"),
            ("Arabic", "القوات المسلحة، طائرة ٤٠٠", "القوات المسلحة طائرة ٤٠٠"),
            ("Syriac", "ܫܠܡܐ ܥܠܡܐ", "ܫܠܡܐ ܥܠܡܐ"),
            ("Thaana", "ދިވެހި ބަސް", "ދިވެހި ބަސް"),
            ("Devanagari", "भारतीय वायु सेना।", "भारतीय वायु सेना"),
            ("Bengali", "বাংলাদেশ বিমান বাহিনী", "বাংলাদেশ বিমান বাহিনী"),
            ("Gurmukhi", "ਪੰਜਾਬੀ ਖ਼ਬਰ", "ਪੰਜਾਬੀ ਖ਼ਬਰ"),
            ("Gujarati", "ગુજરાતી સમાચાર", "ગુજરાતી સમાચાર"),
            ("Oriya", "ଓଡ଼ିଆ ଖବର", "ଓଡ଼ିଆ ଖବର"),
            ("Tamil", "தமிழ் செய்தி", "தமிழ் செய்தி"),
            ("Telugu", "తెలుగు వార్తలు", "తెలుగు వార్తలు"),
            ("Kannada", "ಕನ್ನಡ ಸುದ್ದಿ", "ಕನ್ನಡ ಸುದ್ದಿ"),
            ("Malayalam", "മലയാളം വാർത്ത", "മലയാളം വാർത്ത"),
            ("Sinhala", "සිංහල පුවත්", "සිංහල පුවත්"),
            ("Thai", "ข่าวน้ำ", "ข่ า ว น้ ำ"),
            ("Lao", "ຂ່າວລາວ", "ຂ່ າ ວ ລ າ ວ"),
            ("Khmer", "កម្ពុជា", "ក ម្ ពុ ជា"),
            ("Myanmar", "မြန်မာ", "မြ န် မာ"),
            ("Tibetan", "བོད་ཡིག", "བོད ཡིག"),
            ("Ethiopic", "ኢትዮጵያ፡ዜና", "ኢትዮጵያ ዜና"),
            ("Han", "土耳其S-400导弹", "土 耳 其 s 400 导 弹"),
            ("Hiragana", "すばらしい。", "す ば ら し い"),
            ("Katakana", "ミサイル・ニュース", "ミ サ イ ル ニ ュ ー ス"),
            ("Hangul", "북한 미사일", "북 한 미 사 일"),
            ("Mongolian", "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ", "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ"),
            ("Cherokee", "ᏣᎳᎩ ꮳꮃꭹ", "ꮳꮃꭹ ꮳꮃꭹ"),
            ("Deseret", "𐐔𐐯𐑅", "𐐼𐐯𐑅"),
        ])
    func scripts(name: String, text: String, expected: String) {
        #expect(tokens(text) == expected, "\(name)")
    }

    @Test(
        "Precomposed characters and the same taken apart are one",
        arguments: [
            ("Citroën", "Citroe\u{308}n"), ("Ёж й", "Е\u{308}ж и\u{306}"), ("Ά", "\u{391}\u{301}"),
            ("が", "か\u{3099}"), ("ガ", "カ\u{3099}"), ("한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"),
            ("أخبار", "ا\u{654}خبار"), ("ో", "ో"), ("কো", "ক\u{9c7}\u{9be}"), ("क़लम", "क\u{93c}लम"),
            ("ế", "e\u{302}\u{301}"), ("Å", "\u{212b}"),
        ])
    func composition(one: String, other: String) {
        #expect(Tokenizer.tokens(of: one) == Tokenizer.tokens(of: other))
    }

    @Test(
        "What shows nothing parts no words, and a mark that stands on nothing is none",
        arguments: [
            ("Donau\u{ad}dampfer", "donaudampfer"), ("می\u{200c}خواهم", "میخواهم"), ("الـــعربية", "العربية"),
            ("❤\u{fe0f} 1\u{fe0f}\u{20e3}", "1"), ("\u{301} \u{93f}", ""), ("a\u{2060}b", "ab"),
            ("a\u{200d}b a\u{feff}b a\u{200e}b a\u{180e}b", "ab ab ab ab"),
        ])
    func ignored(text: String, expected: String) {
        #expect(tokens(text) == expected)
    }

    @Test("A zero width space parts words, as by Unicode's rules of word boundaries (UAX #29) it does")
    func zeroWidthSpace() {
        #expect(tokens("zero\u{200b}width") == "zero width")
        #expect(tokens("土\u{200b}耳") == "土 耳")
    }

    @Test(
        "Letters whose diacritic is part of their shape lose it, and Turkish and Greek forms of a letter are one",
        arguments: [
            ("Wałęsa Đoković Strøm Ħal", "walesa dokovic strom hal"), ("IŞIK ışık İzmir", "isik isik izmir"),
            ("ß ẞ", "ß ß"), ("ς Σ σ", "σ σ σ"), ("м'ята м’ята мʼята", "м ята м ята м ята"),
        ])
    func folding(text: String, expected: String) {
        #expect(tokens(text) == expected)
    }

    @Test("A token knows where it stands in the text")
    func places() {
        var places: [String] = []
        let text = Array("Ein Łuk, 土x".utf8)
        text.withUnsafeBufferPointer { bytes in
            Tokenizer.scan(bytes) { _, place in places.append(String(decoding: bytes[place], as: UTF8.self)) }
        }
        #expect(places == ["Ein", "Łuk", "土", "x"])
    }

    @Test("Bytes that are no UTF-8 separate, wherever they stand")
    func malformed() {
        func tokens(_ bytes: [UInt8]) -> [String] {
            var tokens: [String] = []
            bytes.withUnsafeBufferPointer { bytes in
                Tokenizer.scan(bytes) { token, _ in tokens.append(String(decoding: token, as: UTF8.self)) }
            }
            return tokens
        }
        #expect(tokens([0x61, 0xff, 0x62]) == ["a", "b"])
        #expect(tokens([0x61, 0xc3]) == ["a"])
        #expect(tokens([0xe4, 0xb8, 0x61]) == ["a"])
        #expect(tokens([0xed, 0xa0, 0x80, 0x61, 0xc0, 0xaf, 0xf5, 0x80, 0x80, 0x80]) == ["a"])
    }

    @Test(
        "A mark that Unicode holds for another, or for two, makes the same character as those",
        arguments: [("и\u{340}", "и\u{300}"), ("и\u{344}", "и\u{308}\u{301}"), ("ав\u{341}", "ав\u{301}")])
    func equivalentMarks(text: String, same: String) {
        #expect(Array(tokens(text).utf8) == Array(tokens(same).utf8))
        #expect(Array(tokens(tokens(text)).utf8) == Array(tokens(text).utf8))
    }

    @Test("A token that is cut again stays what it is")
    func idempotence() {
        for value in UInt32(0x20)...0x2ffff {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let once = Tokenizer.tokens(of: "a \(Character(scalar))")
            let again = once.flatMap { Tokenizer.tokens(of: String(decoding: $0, as: UTF8.self)) }
            if once != again { Issue.record("U+\(String(value, radix: 16)): \(once) \(again)") }
        }
    }

    @Test("The table says of letters and their lower case what the toolchain's Unicode says, where that has them")
    func table() {
        // Later versions of Unicode add characters, and change none.
        for value in UInt32(0x80)...0x1ffff {
            guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age, age.major < 14 else { continue }
            let isMark = FoldTable.shared[value].kind == .mark
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark:
                #expect(isMark || FoldTable.shared[value].kind == .ignored, "U+\(String(value, radix: 16))")
            default:
                if isMark { Issue.record("U+\(String(value, radix: 16)) is no mark") }
            }
            let lower = scalar.properties.lowercaseMapping
            if lower.unicodeScalars.count == 1, lower != String(scalar), FoldTable.shared[value].kind == .word {
                #expect(tokens(String(scalar)) == tokens(lower), "U+\(String(value, radix: 16))")
            }
        }
    }
}
