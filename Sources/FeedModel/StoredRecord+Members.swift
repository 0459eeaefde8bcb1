internal import JSONText

extension StoredRecord {
    /// `Members` are the members of a line that somebody looks at, so that the others need not be read.
    package struct Members: Sendable {
        /// A name as lines are searched for it, and as the tree has it, made once.
        private struct Name: Sendable {
            let wanted: StaticString
            let key: String
        }

        private let item: [Name]
        private let own: [Name]

        /// Names members, each once.
        ///
        /// - Parameters:
        ///   - item: those of JSON Feed's item.
        ///   - own: those of `_newswire`.
        package init(item: [StaticString], own: [StaticString]) {
            self.item = item.map { Name(wanted: $0, key: "\($0)") }
            self.own = own.map { Name(wanted: $0, key: "\($0)") }
        }

        fileprivate func tree(_ line: JSONMembers) -> JSONValue {
            var members = Self.members(item, of: line)
            if let own = line[StoredRecord.ownMember]?.members {
                let tree = JSONValue.object(Self.members(self.own, of: own))
                members.append(.init(key: StoredRecord.ownKey, value: tree))
            }
            return .object(members)
        }

        private static func members(_ names: [Name], of json: JSONMembers) -> [JSONValue.Member] {
            names.compactMap { name in json[name.wanted]?.value.map { .init(key: name.key, value: $0) } }
        }
    }

    /// Reads of a line what is asked for, and leaves the rest out as if it were not there: of a long article whose title is
    /// asked for hardly more than the line's quotes and brackets is looked at. Nil where the line does not begin with an
    /// object.
    package init?(line: UnsafeRawBufferPointer, only members: Members) {
        guard let json = JSONMembers(line) else { return nil }
        self.init(members.tree(json))
    }
}
