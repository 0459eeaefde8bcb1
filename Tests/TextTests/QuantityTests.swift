import Testing
import Text

@Suite("Spans and sizes: contract.md §2")
struct QuantityTests {
    @Test(
        "A span of time is read",
        arguments: [("30s", 30), ("15m", 900), ("2h", 7200), ("7d", 604_800), ("0s", 0), ("90m", 5400)])
    func spans(text: String, seconds: Int) {
        #expect(ConfigDuration.parse(text) == .seconds(seconds))
    }

    @Test(
        "A text that is no span of time is refused",
        arguments: [
            "", "s", "30", "30 s", " 30s", "-1s", "+1s", "1.5h", "1h30m", "30S", "30w", "١s", "999999999999d",
        ])
    func noSpans(text: String) {
        #expect(ConfigDuration.parse(text) == nil)
    }

    @Test(
        "A span of time is written in the largest unit that says it whole",
        arguments: [(0, "0s"), (59, "59s"), (60, "1m"), (3600, "1h"), (86_400, "1d"), (90_000, "25h"), (61, "61s")])
    func writtenSpans(seconds: Int, text: String) {
        #expect(ConfigDuration.text(.seconds(seconds)) == text)
        #expect(ConfigDuration.parse(text) == .seconds(seconds))
    }

    @Test(
        "A size is read, and written as it was",
        arguments: [("512KiB", 524_288), ("64MiB", 67_108_864), ("2GiB", 2_147_483_648), ("100B", 100), ("0B", 0)])
    func sizes(text: String, bytes: Int) {
        #expect(ByteSize.parse(text) == bytes)
        #expect(ByteSize.text(bytes) == text)
    }

    @Test(
        "A text that is no size is refused",
        arguments: ["", "MiB", "64", "64MB", "64 MiB", "-1KiB", "1.5GiB", "99999999999GiB", "64mib"])
    func noSizes(text: String) {
        #expect(ByteSize.parse(text) == nil)
    }
}
