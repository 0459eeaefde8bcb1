import FeedModel

@testable import FeedParsing

enum DateFuzzing {
    static func run(_ bytes: [UInt8]) {
        guard let reading = bytes.withUnsafeBufferPointer({ FeedDate.parse($0) }) else { return }
        let text = reading.time.description
        demand(
            (1...9999).contains(reading.time.civilDay.year), "a date is of the years 1 to 9999", text)
        demand(Timestamp(rfc3339: text) == reading.time, "a date that was written reads as itself", text)
        demand(
            FeedDate.parse(text) == FeedDate.Reading(time: reading.time, offset: 0),
            "a date that newswire wrote is read by a feed's rules too", text)
    }
}
