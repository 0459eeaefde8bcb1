import FeedModel
import Testing

@testable import FeedParsing

@Suite("The owners that a feed reader hands its events to")
struct FieldReaderTests {
    /// Gathers a text as the field of an element without attributes.
    private func gather(_ text: String, as element: Element, into fields: inout FieldReader) {
        fields.begin(element, .none, depth: 1)
        Array(text.utf8).withUnsafeBufferPointer { fields.append($0) }
        #expect(fields.end() == element)
    }

    @Test("The text of a field is read without white space around it, and as a title without markup")
    func text() {
        var fields = FieldReader(baseURL: nil, limits: ParseLimits())
        gather(" \n a <b>&amp;</b> ", as: .title, into: &fields)
        #expect(fields.text == "a <b>&amp;</b>")
        #expect(fields.title() == "a &")
        gather(" \t ", as: .title, into: &fields)
        #expect(fields.text == nil && fields.title() == nil)
    }

    @Test("A relative URL is resolved against the document's URL, and else against the one that the document names")
    func base() {
        var fields = FieldReader(baseURL: "http://a.example/x/y", limits: ParseLimits())
        fields.ownURL = "http://b.example/"
        #expect(fields.url("z") == "http://a.example/x/z")
        fields = FieldReader(baseURL: nil, limits: ParseLimits())
        #expect(fields.url("z") == nil)
        fields.ownURL = "http://b.example/"
        #expect(fields.url("z") == "http://b.example/z")
    }

    @Test("What cannot be taken as it stands is noted with the item that is open, and else with the feed")
    func notes() {
        var fields = FieldReader(baseURL: nil, limits: ParseLimits())
        #expect(fields.url("javascript:1") == nil)
        fields.beginItem()
        #expect(fields.url("javascript:2") == nil)
        #expect(fields.date("soon", "date_published") == nil)
        fields.noteCut("title")
        fields.noteCut("title")
        #expect(fields.feedNotes.unsafeURLs == ["javascript:1"])
        #expect(fields.itemNotes.unsafeURLs == ["javascript:2"])
        #expect(fields.itemNotes.rawDates.map(\.text) == ["soon"])
        #expect(fields.itemNotes.truncated == ["title"])
        #expect(fields.notes.truncatedFields == 1 && fields.notes.unreadableDates == 1)
        fields.endItem()
        fields.beginItem()
        #expect(fields.itemNotes.unsafeURLs.isEmpty && fields.itemNotes.truncated.isEmpty)
    }

    @Test("A stack of elements knows the part that is open, and passes over an element with everything in it")
    func stack() {
        var stack = ElementStack()
        stack.push()
        stack.enter(.feed)
        stack.push()
        stack.enter(.item)
        #expect(stack.part == .item && stack.outerPart == .feed && stack.partDepth == 2)
        stack.push()
        stack.skip()
        stack.push()
        #expect(stack.isSkipping)
        stack.endSkipping()
        stack.pop()
        #expect(stack.isSkipping && !stack.endsPart)
        stack.endSkipping()
        stack.pop()
        #expect(!stack.isSkipping && stack.endsPart)
        stack.leave()
        stack.pop()
        #expect(stack.part == .feed && stack.depth == 1)
    }

    @Test("Fields know the language that xml:lang gives around them, and what their element says for itself")
    func language() {
        var fields = FieldReader(baseURL: nil, limits: ParseLimits())
        fields.pushLanguage("en", depth: 1)
        var (current, own) = (fields.language, fields.ownLanguage(depth: 2))
        #expect(current == "en" && own == nil)
        fields.pushLanguage("fi", depth: 2)
        (current, own) = (fields.language, fields.ownLanguage(depth: 2))
        #expect(current == "fi" && own == "fi")
        fields.popScopes(depth: 2)
        current = fields.language
        #expect(current == "en")
    }

    @Test("Hours and days of a list count only where they belong, each once")
    func hints() {
        var fields = FieldReader(baseURL: nil, limits: ParseLimits())
        var reader = PollingHintsReader()
        func take(_ text: String, _ element: Element, _ part: DocumentPart) {
            gather(text, as: element, into: &fields)
            reader.finish(element, in: part, &fields)
        }
        take("24", .hour, .skipHours)
        take("0", .hour, .skipHours)
        take("25", .hour, .skipHours)
        take("7", .hour, .skipDays)
        take("sunday", .day, .skipDays)
        take("Sunday", .day, .skipDays)
        take("Monday", .day, .skipHours)
        take("60", .ttl, .feed)
        #expect(reader.hints.skipHours == [0] && reader.hints.skipDays == ["Sunday"])
        #expect(reader.hints.ttlSeconds == 3600)
    }
}
