import FeedModel
import Scheduling
import Testing

@testable import Ingestion

@Suite("The polls that people ask the service for")
struct ManualPollsTests {
    private var polls = ManualPolls()

    private mutating func ask(_ selection: PollSelection, isDryRun: Bool) {
        polls.add(
            1, PollMode(selection, isDryRun: isDryRun), isRunning: false, PollAnswer(ControlReply(), count: 1))
    }

    @Test("contract.md §1: `poll --dry-run --force` is as urgent as `poll --force`, also where others ask for less")
    mutating func forcedDryRun() {
        ask(.all, isDryRun: true)
        #expect(polls.urgency(of: 1) == .asked)
        ask(.force, isDryRun: true)
        #expect(polls.urgency(of: 1) == .forced)
        let mode = polls.begin(1)
        #expect(mode?.isForced == true && mode?.isDryRun == true)
    }

    @Test("A poll and a dry run of one feed are made one after the other, the poll first")
    mutating func pollAndDryRun() {
        ask(.force, isDryRun: true)
        ask(.due, isDryRun: false)
        let mode = polls.begin(1)
        #expect(mode?.isForced == false && mode?.isDryRun == false)
        let report = PollReport(feed: FeedIdentifier("a"), url: "", outcome: .unchanged)
        #expect(polls.end(1, report) { $0() })
        #expect(polls.begin(1)?.isDryRun == true)
        #expect(!polls.end(1, report) { $0() } && !polls.contains(1))
    }
}
