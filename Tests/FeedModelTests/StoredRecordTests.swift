import JSONText
import Testing

@testable import FeedModel

@Suite struct StoredRecordTests {
    private static let uid = String(repeating: "a", count: 32)

    private func record(_ own: String) throws -> StoredRecord {
        try #require(StoredRecord(line: #"{"id":"1","title":"T","_newswire":{\#(own)}}"#.utf8))
    }

    @Test("contract.md §3: a record's members are read by the names that stand in the store's lines")
    func members() throws {
        let record = try record(
            #""feed_url":"u","feed_title":"F","feed_tags":["a","b"],"fetched_from":"v","changed":["title"],"previous":4,"#
                + #""first":2,"first_seen":"2026-11-22T08:00:00Z","events":["known","other"],"#
                + #""published_effective":"2026-11-22T09:00:00Z","assumed_utc":["published"],"index":{"silent":3},"#
                + #""feed":"example","uid":"\#(Self.uid)","version":3,"initial":true,"#
                + #""stored_at":"2026-11-22T08:00:03Z","kind":"update","seq":7"#)
        #expect(record.feedURL == "u" && record.feedTitle == "F" && record.feedTags == ["a", "b"])
        #expect(record.fetchedFrom == "v" && record.changed == ["title"])
        #expect(record.previous == 4 && record.first == 2 && record.seq == 7 && record.version == 3)
        #expect(record.firstSeen == Timestamp(year: 2026, month: 11, day: 22, hour: 8))
        #expect(record.effectiveDateText == "2026-11-22T09:00:00Z" && record.article.assumedUTC == ["published"])
        #expect(record.recentChanges == 3 && record.isInitial && record.kind == .update && !record.isShort)
        #expect(record.feed == FeedIdentifier("example") && record.uid?.description == Self.uid)
        #expect(record.storedAtText == "2026-11-22T08:00:03Z" && record.storedAt != nil)
        #expect(record.title == "T" && record.article.title == "T")
        #expect(record.events(Word.self) == [.known])
        let short = try self.record(
            #""duplicate_of":1,"alias_of":2,"alias_reason":"known","reuses_id_of":3,"kind":"duplicate""#)
        #expect(short.duplicateOf == 1 && short.aliasOf == 2 && short.reusesIDOf == 3 && short.isShort)
        #expect(short.aliasReason(Word.self) == .known)
        let whole = try #require(
            StoredRecord(line: Array(#"{"content_text":"x","_newswire":{"supersedes":4,"kind":"duplicate"}}"#.utf8)))
        #expect(!whole.isShort && whole.supersedes == 4)
    }

    private enum Word: String {
        case known
    }

    @Test(
        "A record whose members are missing, of another type or out of range has none of them, and no JSON is no record",
        arguments: ["", #""seq":-1,"version":"1","kind":"other","uid":"x","feed_tags":7,"stored_at":"now","index":[]"#])
    func strangeMembers(_ own: String) throws {
        let record = try record(own)
        #expect(record.seq == nil && record.version == nil && record.kind == nil && record.uid == nil)
        #expect(record.feedTags.isEmpty && record.storedAt == nil && record.recentChanges == 0 && !record.isInitial)
        #expect(StoredRecord(line: "{".utf8) == nil)
        #expect(StoredRecord(.null).feed == nil)
    }

    @Test("A record with other members loses the chain and checksum of its line")
    func changing() throws {
        let record = try record(#""feed":"f","prev":"0","chain":"1","xxh3":"2""#)
        let changed = record.changing(
            item: { $0.key == "title" ? .init(key: "title", value: .string("U")) : $0 },
            adding: [.init(key: "id", value: .string("2"))])
        var json = JSONWriter()
        changed.json.write(to: &json)
        #expect(
            String(decoding: json.finish(), as: UTF8.self)
                == #"{"id":"1","title":"U","_newswire":{"id":"2","feed":"f"}}"#)
    }
}
