private import Digest

/// `ShardMap` says which shard a site is in, and which machine should have which shard (docs/spec/fleet.md §4).
///
/// All machines compute the same from the same rows, and who comes or goes moves no shard between two others.
package enum ShardMap {
    /// So many shards there are in every fleet.
    package static let shards = 1024
    /// A machine counts as so many at most.
    package static let heaviest = 16

    /// Returns the shard of a site.
    package static func shard(ofSite site: String) -> Int {
        var site = site
        let hash = site.withUTF8 { XXH3.hash64(UnsafeRawBufferPointer($0)) }
        return Int(hash % UInt64(shards))
    }

    /// `Share` is a machine that takes part: its name, and how many parts it wants beside those of the others.
    package struct Share: Sendable, Hashable {
        package var name: String
        package var weight: Int

        package init(name: String, weight: Int) {
            self.name = name
            self.weight = weight
        }
    }

    /// Returns the name of the machine that should have each shard; nil where there is none.
    ///
    /// Each shard goes to whoever draws the highest number for it, and a machine of weight three draws thrice. A name draws
    /// the same after each start.
    package static func owners(among machines: [Share], shards: Int = shards) -> [String?] {
        var owners = [String?](repeating: nil, count: shards)
        var highest = [UInt64](repeating: 0, count: shards)
        // Two that draw the same number are told apart by their names, on each machine in the same way.
        for machine in machines.sorted(by: { $0.name < $1.name }) where machine.weight > 0 {
            var lot = Array(machine.name.utf8) + [0, 0, 0, 0, 0]
            let end = lot.count
            for draw in 0..<min(machine.weight, heaviest) {
                lot[end - 1] = UInt8(draw)
                for shard in 0..<shards {
                    lot[end - 3] = UInt8(truncatingIfNeeded: shard >> 8)
                    lot[end - 2] = UInt8(truncatingIfNeeded: shard)
                    let number = lot.withUnsafeBytes { XXH3.hash64($0) }
                    if owners[shard] == nil || number > highest[shard] {
                        owners[shard] = machine.name
                        highest[shard] = number
                    }
                }
            }
        }
        return owners
    }
}
