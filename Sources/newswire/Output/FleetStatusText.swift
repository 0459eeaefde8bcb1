internal import Configuration
internal import Engine
internal import FeedModel
internal import Fleet
internal import JSONText

/// `newswire fleet status`, for people and for programs.
struct FleetStatusText {
    private let status: EngineStatus
    private let durability: FleetSettings.Durability

    init(_ status: EngineStatus, durability: FleetSettings.Durability) {
        self.status = status
        self.durability = durability
    }

    var lines: [String] {
        var lines = [
            "engine    \(status.server): PostgreSQL \(status.version), \(kept), answered in \(status.answered) ms",
            "fleet     \(status.end.fleet)", "log       \(log)",
        ]
        for machine in status.machines { lines.append("machine   \(text(machine))") }
        if status.machines.isEmpty { lines.append("machine   none: nothing is polled") }
        let free = status.shards - status.machines.reduce(0) { $0 + $1.shards }
        if free > 0, !status.machines.isEmpty {
            lines.append("          \(free) of \(status.shards) shards are nobody's")
        }
        if Set(abouts.map(\.configuration)).count > 1 {
            lines.append("          CONFIGURATIONS DIFFER: each machine polls the feeds of its own")
        }
        for consumer in status.consumers {
            let holder = consumer.machine.map { "\($0) has it" } ?? "no machine has it"
            lines.append("consumer  \(consumer.name): has had all up to \(consumer.seq), \(holder)")
        }
        return lines
    }

    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("engine")
        json.beginObject()
        json.member("server", status.server)
        json.member("version", status.version)
        json.member("durability", durability.rawValue)
        json.member("synchronous_standby_names", status.standbys)
        json.member("answered_ms", status.answered)
        json.endObject()
        json.member("fleet", status.end.fleet)
        json.key("log")
        json.beginObject()
        json.member("position", status.end.position)
        json.member("seq", status.end.records.seq)
        json.member("oldest", status.oldest)
        json.member("oldest_at", status.oldestTime.map { Timestamp(milliseconds: $0) })
        json.member("bytes", status.bytes)
        json.endObject()
        json.member("shards", status.shards)
        json.key("machines")
        json.beginArray()
        for machine in status.machines { write(machine, to: &json) }
        json.endArray()
        json.key("consumers")
        json.beginArray()
        for consumer in status.consumers {
            json.beginObject()
            json.member("name", consumer.name)
            json.member("seq", consumer.seq)
            json.member("held_by", consumer.machine)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.finish() + [UInt8(ascii: "\n")]
    }

    private func write(_ machine: EngineStatus.Machine, to json: inout JSONWriter) {
        let about = NodeAbout(machine.node.about)
        json.beginObject()
        json.member("name", machine.node.name)
        json.member("shards", machine.shards)
        json.member("feeds", about.feeds)
        json.member("applied", machine.node.applied)
        json.member("behind", behind(machine))
        json.member("heard_ms", machine.heard)
        json.member("lease_ms", machine.node.lease)
        json.member("weight", machine.node.weight)
        json.member("version", about.version)
        json.member("configuration", about.configuration)
        json.key("well")
        json.bool(about.isWell)
        json.endObject()
    }

    private var abouts: [NodeAbout] { status.machines.map { NodeAbout($0.node.about) } }

    private func behind(_ machine: EngineStatus.Machine) -> UInt64 {
        status.end.position - min(machine.node.applied, status.end.position)
    }

    private var kept: String {
        switch durability {
        case .synchronous: "synchronous (\(status.standbys))"
        case .managed: "durable by its storage"
        case .single: "no standby"
        }
    }

    private var log: String {
        var text = "\(status.end.position) entries, up to record \(status.end.records.seq)"
        if let oldest = status.oldest, let time = status.oldestTime {
            text +=
                "; kept from \(oldest) on, of \(Timestamp(seconds: time / 1000)), "
                + ByteCount.text(UInt64(max(0, status.bytes)))
        }
        return text
    }

    private func text(_ machine: EngineStatus.Machine) -> String {
        let about = NodeAbout(machine.node.about)
        var text = "\(machine.node.name): \(machine.shards) shards, \(about.feeds) feeds in its configuration"
        if machine.node.weight == 0 { text += ", reads only" }
        let behind = behind(machine)
        text += behind == 0 ? ", has the whole log" : ", \(behind) entr\(behind == 1 ? "y" : "ies") behind"
        text += ", heard \(machine.heard / 1000) s ago"
        if machine.heard > machine.node.lease { text += " (LONGER THAN ITS LEASE)" }
        if !about.version.isEmpty { text += ", newswire \(about.version)" }
        if !about.configuration.isEmpty { text += ", configuration \(about.configuration.prefix(8))" }
        if !about.isWell { text += ", NOT WELL: its network, disk or clock" }
        return text
    }
}
