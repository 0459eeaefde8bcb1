import FeedModel
import Testing

@testable import Scheduling

@Suite("An outage of one's own network is told from servers that are down (polling.md §8)")
struct OutageTests {
    private let start = PolicyFixture.start

    /// What hosts have done, one after the other.
    private final class Network {
        var detector: OutageDetector
        var second = 0

        init(reachedAt: Timestamp? = nil) { detector = OutageDetector(reachedAt: reachedAt) }

        private var now: Timestamp { PolicyFixture.start.adding(seconds: second) }

        private func observe(_ attempt: OutageDetector.Attempt, after seconds: Int) {
            second += seconds
            let wasDown = detector.isDown
            let hasChanged = detector.observe(
                attempt, at: now, steady: SteadyTime(milliseconds: Int64(second) * 1000))
            #expect(hasChanged == (detector.isDown != wasDown))
        }

        func fails(_ hosts: UInt64..., since: Timestamp? = nil, after seconds: Int = 60) {
            for host in hosts { observe(.init(host: host, isReached: false, failingSince: since), after: seconds) }
        }

        func answers(_ hosts: UInt64..., isPublic: Bool? = true, after seconds: Int = 60) {
            for host in hosts { observe(.init(host: host, isReached: true, isPublic: isPublic), after: seconds) }
        }

        var isDown: Bool { detector.isDown }
    }

    @Test("An outage is seen by a clock that is behind the last answer that is remembered")
    func clockBehind() {
        let network = Network(reachedAt: start.adding(seconds: 7200))
        network.fails(1)
        let first = start.adding(seconds: 60)
        network.fails(1, since: first)
        network.fails(2)
        #expect(network.isDown)
    }

    @Test(
        "All that was asked since the last answer has failed, at two hosts or more: the network is down",
        arguments: [60, 3600, 40_000])
    func outage(apart: Int) {
        let network = Network()
        network.answers(1, 2, 3, after: 200)
        network.fails(1, after: apart)
        #expect(!network.isDown)
        network.fails(2, after: apart)
        #expect(network.isDown)
        network.fails(3, after: apart)
        network.answers(1)
        #expect(!network.isDown)
    }

    @Test("One host is no evidence, however many feeds it has, nor is one that is dead among others")
    func oneHost() {
        let network = Network()
        network.answers(1, 2, 3)
        for _ in 0..<50 { network.fails(1) }
        #expect(!network.isDown)
        for _ in 0..<50 {
            network.answers(2, 3)
            network.fails(1)
            #expect(!network.isDown)
        }
    }

    @Test("Feeds that have failed since before the last answer say nothing of the network")
    func longDead() {
        let network = Network()
        network.answers(1, 2, 3, 4)
        for host in 5..<30 { network.fails(UInt64(host), since: start.adding(seconds: -86_400)) }
        #expect(!network.isDown)
        network.fails(1)
        network.fails(2)
        #expect(network.isDown)
    }

    @Test("Where many have answered within two minutes, it takes up to ten hosts")
    func manyAnswers() {
        for (answers, hosts) in [(0, 2), (2, 2), (5, 5), (10, 10), (500, 10)] {
            let network = Network()
            for host in 0..<answers { network.answers(UInt64(host), after: 0) }
            for host in 0..<hosts {
                #expect(!network.isDown)
                network.fails(UInt64(host), after: 1)
            }
            #expect(network.isDown)
        }
        let later = Network()
        for host in 0..<500 { later.answers(UInt64(host), after: 0) }
        later.fails(1, 2, after: 121)
        #expect(later.isDown)
    }

    @Test("One answer among thirty thousand failures is no outage of one's own")
    func someAnswer() {
        let network = Network()
        for host in 0..<10 { network.answers(UInt64(host), after: 0) }
        for round in 0..<3000 {
            for host in 1..<10 { network.fails(UInt64(round * 10 + host), after: 0) }
            #expect(!network.isDown)
            network.answers(0, after: 0)
        }
    }

    @Test("Two hosts that die at once among four are taken for an outage once, and for dead from then on")
    func twoDead() {
        let network = Network()
        network.answers(1, 2, 3, 4, after: 200)
        let death = start.adding(seconds: network.second)
        network.fails(1, 2, after: 200)
        #expect(network.isDown)
        network.answers(3)
        // The first was counted when it failed, the second is now.
        for _ in 0..<20 {
            network.fails(1, since: death)
            network.fails(2)
            #expect(!network.isDown)
            network.answers(3, 4)
        }
    }

    @Test("After a restart in the middle of an outage, what is remembered of it counts")
    func restart() {
        let network = Network(reachedAt: start.adding(seconds: -7200))
        network.fails(1, since: start.adding(seconds: -7000))
        network.fails(2)
        #expect(network.isDown)
        let other = Network(reachedAt: start.adding(seconds: -60))
        other.fails(1, since: start.adding(seconds: -7000))
        other.fails(2)
        #expect(!other.isDown)
    }

    @Test("A new installation without a network finds out as well")
    func first() {
        let network = Network()
        network.fails(1, 2, after: 1)
        #expect(network.isDown)
    }

    @Test("An answer from one's own network is no proof of the network beyond, where that has been seen")
    func privateAnswers() {
        let network = Network()
        network.answers(1, 2)
        network.answers(9, isPublic: false)
        network.fails(1, after: 200)
        network.answers(9, isPublic: false)
        network.fails(2)
        #expect(network.isDown)
        network.answers(9, isPublic: false)
        #expect(network.isDown)
        network.answers(1)
        #expect(!network.isDown)
        let local = Network()
        local.answers(8, 9, isPublic: false)
        local.fails(8, 9, after: 200)
        #expect(local.isDown)
        local.answers(8, isPublic: false)
        #expect(!local.isDown)
    }

    @Test("A clock that is set back does not hide an outage")
    func clockSetBack() {
        let network = Network(reachedAt: start.adding(seconds: 86_400))
        network.fails(1, 2)
        #expect(network.isDown)
    }

    @Test("Feeds that failed up to ten minutes before the outage was noticed are asked again with the others")
    func onset() {
        let network = Network()
        network.answers(1, 2, 3)
        let first = network.second + 60
        network.fails(1, 2)
        network.answers(1)
        #expect(network.detector.onset == start.adding(seconds: first - 600))
    }
}
