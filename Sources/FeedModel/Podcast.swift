package import JSONText

/// `Podcast` is what the vocabularies of podcasts say of a feed or an article beside what JSON Feed has a place for: an
/// object of JSON with the names of the podcast namespace's elements and attributes (contract.md §3).
///
/// It is a tree and no set of fields, because the namespace grows, and what newswire does with nearly all of it is to keep it.
package struct Podcast: Sendable, Equatable {
    /// Each name stands once.
    package private(set) var members: [JSONValue.Member] = []

    package init() {}

    /// Takes what a record has under `podcast`; anything but an object is nothing.
    init(record: JSONValue?) {
        members = record?.object ?? []
    }

    /// Tells whether the vocabularies say nothing.
    package var isEmpty: Bool { members.isEmpty }

    /// Finds what stands under a name.
    package subscript(name: StaticString) -> JSONValue? { JSONValue.object(members)[name] }

    /// Sets what stands under a name, once. Of an object that is there, the members that are missing are added.
    package mutating func set(_ name: String, to value: JSONValue) {
        guard let index = members.firstIndex(where: { $0.key == name }) else {
            members.append(JSONValue.Member(key: name, value: value))
            return
        }
        guard case .object(var known) = members[index].value, case .object(let more) = value else { return }
        known += more.filter { member in !known.contains { $0.key == member.key } }
        members[index].value = .object(known)
    }

    /// Appends to the list that stands under a name what is not in it yet.
    ///
    /// - Returns: false where there is no room for it.
    package mutating func append(_ value: JSONValue, to name: String, limit: Int) -> Bool {
        guard let index = members.firstIndex(where: { $0.key == name }) else {
            members.append(JSONValue.Member(key: name, value: .array([value])))
            return true
        }
        guard case .array(var entries) = members[index].value else { return true }
        if entries.contains(value) { return true }
        guard entries.count < limit else { return false }
        members[index].value = .null
        entries.append(value)
        members[index].value = .array(entries)
        return true
    }

    /// The URLs of what can be read of an episode: its transcripts and its chapters. They often come days after it, and
    /// make another version of it (identity.md §8).
    package var readableURLs: [String] {
        if members.isEmpty { return [] }
        let transcripts = self["transcript"]?.array ?? []
        return (transcripts + [self["chapters"] ?? .null]).compactMap { $0["url"]?.string }
    }

    func write(to json: inout JSONWriter) {
        if members.isEmpty { return }
        json.key("podcast")
        JSONValue.object(members).write(to: &json)
    }
}
