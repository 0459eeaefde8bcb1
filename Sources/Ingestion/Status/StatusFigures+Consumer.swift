package import ArticleStore
internal import FeedModel
package import JSONText

extension StatusFigures {
    /// `Consumer` says how far a consumer has come.
    package struct Consumer: Sendable, Equatable {
        /// The name is that of its cursor.
        package var name: String
        /// It has had the records up to this number; nil where its cursor cannot be read.
        package var seq: UInt64?
        /// It has not had so many records yet; nil where its cursor cannot be read.
        package var behind: UInt64?
        /// A batch keeps it there that its command does not take; nil for none.
        package var failure: DeliveryFailure?
        /// What a publisher has counted for it; nil where none has.
        package var published: PublishFigures?
        /// Tells whether it gets events in place of articles.
        package var isOfEvents = false

        /// The name as it is shown where consumers of articles and of events stand together.
        package var shownName: String { isOfEvents ? "\(name) (events)" : name }

        package init(
            name: String, seq: UInt64?, behind: UInt64?, failure: DeliveryFailure? = nil,
            published: PublishFigures? = nil
        ) {
            self.name = name
            self.seq = seq
            self.behind = behind
            self.failure = failure
            self.published = published
        }
    }
}

extension StatusFigures.Consumer {
    /// Writes it as `status --json` has it.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("name", name)
        json.flag("events", isOfEvents)
        json.member("seq", seq)
        json.member("behind", behind)
        if let failure {
            json.key("failing")
            failure.write(to: &json)
        }
        if let published {
            json.key("published")
            published.write(to: &json)
        }
        json.endObject()
    }
}
