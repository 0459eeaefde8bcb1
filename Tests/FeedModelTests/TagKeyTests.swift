import FeedModel
import Testing

@Test("Tags are compared without regard to case, and otherwise byte by byte")
func tagKeys() {
    #expect(TagKey("Defence") == TagKey("dEFENCE"))
    #expect(TagKey("TÜRKEI") == TagKey("türkei"))
    #expect(TagKey("defence ") != TagKey("defence"))
    #expect(TagKey("e\u{301}tat") != TagKey("\u{e9}tat"))
}
