import Testing
import Text

@Suite("Texts come out of a block as they went in")
struct TextBlockTests {
    @Test("Short and long ones come back, whatever is added later")
    func texts() {
        let texts =
            ["", "a", "日本", "z"] + [127, 128, 129, 16_383, 16_384, 70_000].map { String(repeating: "é", count: $0) }
        var block = TextBlock()
        let places = texts.map { block.add($0) }
        #expect(block.add("a") != places[1])
        for (text, place) in zip(texts, places) { #expect(place.map { block[$0] } == text) }
    }
}
