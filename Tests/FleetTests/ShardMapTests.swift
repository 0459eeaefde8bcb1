import Fleet
import Testing

@Suite struct ShardMapTests {
    private static func counts(_ owners: [String?]) -> [String: Int] {
        owners.reduce(into: [:]) { counts, owner in counts[owner ?? "", default: 0] += 1 }
    }

    @Test func `a site has the same shard on every machine and in every version`() {
        #expect(ShardMap.shard(ofSite: "bbc.co.uk") == 692)
        #expect(ShardMap.shard(ofSite: "example.com") == 883)
        #expect((0..<ShardMap.shards).contains(ShardMap.shard(ofSite: "127.0.0.1")))
    }

    @Test func `machines of one weight have about the same number of shards, and one of weight 3 thrice as many`() {
        let even = Self.counts(ShardMap.owners(among: ["a", "b", "c"].map { .init(name: $0, weight: 1) }))
        #expect(even.values.allSatisfy { (280...400).contains($0) })
        let uneven = Self.counts(ShardMap.owners(among: [.init(name: "a", weight: 3), .init(name: "b", weight: 1)]))
        #expect((700...830).contains(uneven["a"] ?? 0))
    }

    @Test func `who leaves moves no shard between the others`() {
        let all = ShardMap.owners(among: ["a", "b", "c"].map { .init(name: $0, weight: 1) })
        let two = ShardMap.owners(among: ["c", "a"].map { .init(name: $0, weight: 1) })
        for (before, after) in zip(all, two) where before != "b" { #expect(before == after) }
    }

    @Test func `a machine of weight 0 has no shard, and where there is no other nobody has`() {
        let owners = ShardMap.owners(among: [.init(name: "a", weight: 0), .init(name: "b", weight: 1)])
        #expect(owners.allSatisfy { $0 == "b" })
        #expect(ShardMap.owners(among: [.init(name: "a", weight: 0)]).allSatisfy { $0 == nil })
    }
}

@Suite struct NodeAboutTests {
    @Test func `what a machine says of itself comes back, also as jsonb writes it`() {
        let about = NodeAbout(version: "1.2.3", configuration: "ab12", feeds: 7, isWell: false)
        #expect(about.text == #"{"version":"1.2.3","configuration":"ab12","feeds":7,"well":false}"#)
        #expect(NodeAbout(about.text) == about)
        #expect(NodeAbout(#"{"well": false, "feeds": 7, "version": "1.2.3", "configuration": "ab12"}"#) == about)
    }

    @Test(arguments: ["{}", "", "[1]", #"{"feeds":"x","well":3}"#])
    func `a machine that says nothing of use is well`(text: String) {
        #expect(NodeAbout(text) == NodeAbout(version: "", configuration: "", feeds: 0))
    }
}
