package import Configuration
internal import FeedModel
internal import JSONText
internal import Locking

/// `ListIntake` takes feeds of an uploaded list into `state_directory/feeds.opml`, which newswire.toml has to include, and has
/// the service read it (web.md §12). Nothing else is ever configured from the web.
package final class ListIntake: Sendable {
    /// `Outcome` is what came of it.
    package enum Outcome: Sendable, Equatable {
        /// So many feeds were written, and the service said this.
        case taken(Int, ServiceLink.Reload)
        /// The service does not take the configuration with them: the file is as it was.
        case refused(ServiceLink.Reload)
        /// newswire.toml does not include the file; this line at its top does, or the path is to be added to the list that is
        /// there.
        case notIncluded(line: String)
    }

    /// One list at a time.
    private let isBusy = Locked(false)
    private let environment: [String: String]

    /// - Parameter environment: where the folder of newswire-web is may stand there.
    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// The file that feeds are taken into; nil where the folder of newswire-web is not known.
    package func path(_ configuration: Configuration) -> String? {
        configuration.web.folder(of: configuration.path, environment: environment).map { "\($0)/feeds.opml" }
    }

    /// The line that newswire.toml lacks for it; nil where it has it. It is a pattern: a file that is named by itself has to be
    /// there before anything is taken.
    package func missingInclude(_ configuration: Configuration) -> String? {
        guard let path = path(configuration) else { return nil }
        let pattern = path.replacing("/feeds.opml", with: "/*.opml")
        return configuration.wouldInclude(path) ? nil : "include = [\(TOMLText.quoted(pattern))]"
    }

    /// Takes the feeds that are new. Waits for the disk and for the service.
    ///
    /// - Throws: 409 where no service runs that could say whether it takes them.
    package func take(_ review: ListReview, _ house: WebHouse) throws(WebFailure) -> Outcome {
        let configuration = house.configuration
        guard let path = path(configuration) else {
            throw WebFailure(503, "nobody says where newswire-web keeps its files", hint: "Set [web] state_directory.")
        }
        if let line = missingInclude(configuration) { return .notIncluded(line: line) }
        guard
            isBusy.withLock({ isBusy in
                defer { isBusy = true }
                return !isBusy
            })
        else { throw WebFailure(409, "another list is being taken just now", hint: "Try again in a moment.") }
        defer { isBusy.withLock { $0 = false } }
        // Where none runs, nobody could say whether the next start would take them.
        guard try house.parts.service.status(configuration) != nil else {
            throw ServiceLink.noService(configuration)
        }
        let file = StateFile(path: path)
        let old = try file.read(limit: ListReview.limit * 2)
        var entries: [OPMLDocument.Entry] = []
        if let old {
            do throws(OPMLDocument.ReadError) {
                entries = try OPMLDocument.read(old).entries
            } catch {
                throw WebFailure(
                    503, "\(path): line \(error.line): it \(error.message)",
                    hint: "Somebody has changed it by hand: mend it there.")
            }
        }
        entries += review.tables.map { OPMLDocument.Entry(url: $0.url, title: $0.title, tags: $0.tags) }
        let new = OPMLDocument(title: "Taken by newswire-web", entries: entries).xml()
        guard new.count <= ListReview.limit * 2 else {
            throw WebFailure(413, "\(path) would become too large", hint: "Put the list beside newswire.toml.")
        }
        try StateFile.makeFolder(path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" })
        try file.replace(with: new)
        do throws(WebFailure) {
            let reload = try house.parts.service.reload(configuration)
            if reload.refusal == nil { return .taken(review.tables.count, reload) }
            // What the service does not take would keep it from starting the next time.
            try file.replace(with: old ?? OPMLDocument(title: "Taken by newswire-web").xml())
            return .refused(reload)
        } catch {
            try file.replace(with: old ?? OPMLDocument(title: "Taken by newswire-web").xml())
            throw error
        }
    }
}

extension ServiceLink.Reload {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("feeds", feeds)
        json.member("refusal", refusal)
        json.member("diagnostics", diagnostics)
        json.endObject()
    }
}
