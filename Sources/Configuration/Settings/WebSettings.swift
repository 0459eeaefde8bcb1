package import Web

/// `WebSettings` are those of `[web]`: where newswire-web listens, and who may do what there (web.md §2). The poller reads
/// and checks them, and goes by none of them.
package struct WebSettings: Sendable {
    /// `Anonymous` is what somebody may do who does not say who it is.
    package enum Anonymous: String, Sendable, CaseIterable {
        case read, none
    }

    /// `Images` says whether the images of an article's body are loaded from its publisher.
    package enum Images: String, Sendable, CaseIterable {
        /// Where somebody asks for those of one article.
        case ask
        case none
        case publisher
    }

    /// `Proxy` is who is believed when it says who asks.
    package enum Proxy: Sendable, Hashable {
        case block(AddressBlock)
        /// Whoever may connect to the Unix socket.
        case unixSocket
    }

    /// The places are those that are listened on; there is at least one.
    package var listen: [WebListener] = [.standard]
    /// The mode is that of Unix sockets.
    package var socketMode: UInt32 = 0o660
    /// The names are in lower case, without ports.
    package var hosts: [String] = []
    /// The path is that below which everything is: empty, or such as `/news`, without a slash at its end.
    package var basePath = ""
    /// The absolute path as it was set; `folder(of:environment:)` says where the folder is.
    package var stateDirectory: String?
    /// What was set; `effectiveAnonymous` says what holds.
    package var anonymous: Anonymous?
    /// The header's name as it was written; empty for none.
    package var proxyHeader = ""
    package var trustedProxies: [Proxy] = []
    package var images = Images.ask
    /// What was stored longer ago counts as read for every account.
    package var unread: Duration = .seconds(30 * 86_400)
    /// Tells whether there is an index to search in.
    package var search = true
    /// The accounts are in the order of the file; no two have one name.
    package var accounts: [WebAccountSettings] = []
    /// The place is where the table stands; nil where nothing is set.
    package var source: SourcePlace?
    /// The lines in which its keys stand.
    var lines: [String: Int] = [:]

    /// Makes what holds where nothing is set.
    package init() {}

    /// Tells whether everything that is listened on is of this machine alone.
    package var isLocal: Bool { listen.allSatisfy(\.isLocal) }

    /// What somebody may do who does not say who it is, where the file does not say it as well (web.md §3.2).
    package var effectiveAnonymous: Anonymous { anonymous ?? (isLocal && accounts.isEmpty ? .read : .none) }

    /// Returns the absolute path of newswire-web's own folder; nil where nothing names one and there is no home.
    ///
    /// - Parameter configuration: the path of the main file.
    package func folder(of configuration: String, environment: [String: String]) -> String? {
        stateDirectory
            ?? StoreLocation.standard(named: "newswire-web", configuration: configuration, environment: environment)
    }

    /// Returns what is to be said of a key, at its line; of the whole table where it has no such key.
    package func diagnostic(
        _ severity: Diagnostic.Severity, _ key: String, _ message: String, in file: String
    ) -> Diagnostic {
        Diagnostic(
            severity, file: source?.file ?? file, line: lines[key] ?? source?.line, "[web] \(key): \(message)")
    }
}

extension WebSettings: Equatable {
    /// Two tables are equal that say the same; where they were written does not count.
    package static func == (left: Self, right: Self) -> Bool {
        left.text == right.text && left.accounts == right.accounts
    }
}

extension WebSettings: OptionValues {
    static let table = OptionTable.web
    static let standard: Self? = Self()
    static let rows = Options.rows(of: Self.self)
}

/// `WebAccountSettings` are those of `[[web.account]]`: somebody who may say who it is, by which secrets, and what that one
/// may do then.
package struct WebAccountSettings: Sendable {
    /// `Rights` are what an account may do; each includes the one before.
    package enum Rights: String, Sendable, CaseIterable {
        case read, mark, manage
    }

    /// The name is empty only until the table has been read.
    package var name = ""
    package var password: Secret?
    package var token: Secret?
    package var rights = Rights.mark
    /// The place is where the table stands.
    package var source: SourcePlace

    package init(source: SourcePlace) {
        self.source = source
    }

    /// Returns what is found elsewhere, each with the key that names it.
    package var secrets: [(key: String, secret: Secret)] {
        [("password", password), ("token", token)].compactMap { key, secret in secret.map { (key, $0) } }
    }
}

extension WebAccountSettings: Equatable {
    /// Two tables are equal that say the same; where they were written does not count.
    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }
}

extension WebAccountSettings: OptionValues {
    static let table = OptionTable.webAccount
    static let standard: Self? = Self(source: SourcePlace(file: "", line: 0))
    static let rows = Options.rows(of: Self.self)
}
