private import JSONText

/// `NodeAbout` is what a machine says of itself beside what the fleet goes by: `about` of its row, an object of JSON.
package struct NodeAbout: Sendable, Equatable {
    /// The version of newswire.
    package var version: String
    /// A hash of the configuration's feeds and hosts: it is the same where machines poll the same.
    package var configuration: String
    /// How many feeds it has in its configuration.
    package var feeds: Int
    /// Whether its network, disk and clock have been in order, or out of order for a short while only. One that is not
    /// counts as weight 0 while there are others.
    package var isWell: Bool

    package init(version: String, configuration: String, feeds: Int, isWell: Bool = true) {
        self.version = version
        self.configuration = configuration
        self.feeds = feeds
        self.isWell = isWell
    }

    /// The object, on one line.
    package var text: String {
        var json = JSONWriter(capacity: 128)
        json.beginObject()
        json.member("version", version)
        json.member("configuration", configuration)
        json.member("feeds", feeds)
        json.key("well")
        json.bool(isWell)
        json.endObject()
        return String(decoding: json.finish(), as: UTF8.self)
    }

    /// Reads what another machine says; what it does not say is empty, and it is well.
    package init(_ text: String) {
        let json = (try? JSONParser.parse(Array(text.utf8)))?.value
        version = json?["version"]?.string ?? ""
        configuration = json?["configuration"]?.string ?? ""
        feeds = json?["feeds"]?.integer.flatMap { Int(exactly: $0) } ?? 0
        isWell = json?["well"]?.bool ?? true
    }
}
