internal import Configuration
internal import FeedModel
private import Fleet
internal import JSONText

/// `Elsewhere` counts the feeds that somebody has asked to be polled, and that other machines of the fleet poll.
struct Elsewhere {
    private var count = 0
    private var machines: Set<String> = []

    /// Counts a feed that is not this machine's.
    ///
    /// - Returns: the shard that it is in; nil where it is polled here.
    mutating func add(_ feed: FeedConfiguration, _ state: FeedState?, _ territory: Territory) -> Int? {
        let shard = Territory.shard(of: feed, adoptedURL: state?.move.adopted)
        if territory.standing(of: shard).isMine { return nil }
        count += 1
        if let machine = territory.machine(of: shard) { machines.insert(machine) }
        return shard
    }

    /// Tells whoever has asked, where there are any.
    func tell(_ reply: ControlReply) {
        if count == 0 { return }
        reply.send { json in
            json.beginObject()
            json.member("elsewhere", count)
            json.member("machines", machines.sorted())
            json.endObject()
        }
    }
}
