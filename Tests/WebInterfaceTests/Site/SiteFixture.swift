import Configuration
import FeedModel
import Web

@testable import WebInterface

/// A site with endpoints of the test, asked as the server asks it.
struct SiteFixture {
    static let moment = WebFixture.moment
    static let loopback = WebRequest.Peer.address(IPAddress("127.0.0.1")!)

    let fixture: WebFixture
    let site: WebSite

    /// - Parameters:
    ///   - web: lines of `[web]`, and tables of accounts behind them.
    ///   - secrets: by the names of the accounts.
    init(
        _ web: String = "", secrets: [String: WebAccess.Secrets] = [:], endpoints: [WebEndpoint] = Self.endpoints
    ) throws {
        fixture = try WebFixture(options: "[web]\n\(web)\n")
        fixture.house.parts.access.adopt(fixture.house.configuration.web, secrets: secrets)
        site = WebSite(endpoints)
    }

    func ask(
        _ method: String = "GET", _ target: String, _ headers: [(String, String)] = [], body: String = "",
        from peer: WebRequest.Peer = loopback, at time: Timestamp = moment, host: String? = "localhost:8473"
    ) -> WebAnswer {
        var fields = WebFields(headers.map { WebFields.Field($0.0, $0.1) })
        if let host { fields.all.append(.init("host", host)) }
        let head = WebSite.Head(method: method, target: target, headers: fields, peer: peer, receivedAt: time)
        let reception = site.reception(of: head, fixture.house)
        let bytes = Array(body.utf8)
        let isTooLarge = !reception.isRefused && bytes.count > reception.bodyLimit && reception.bodyLimit > 0
        return site.answer(isTooLarge ? site.tooLarge(reception) : reception, body: bytes, fixture.house)
    }

    /// One endpoint for each right in each part of the site, which say who has asked.
    static let endpoints: [WebEndpoint] = {
        var all: [WebEndpoint] = []
        let folders: [(WebSection, String)] = [
            (.page, ""), (.api, "/api"), (.output, "/out"), (.googleReader, "/greader/reader/api/0"),
            (.miniflux, "/v1"),
            (.asset, "/assets"),
        ]
        for (section, folder) in folders {
            for right in [WebRight.nothing, .read, .mark, .manage] {
                for method in [WebRequest.Method.get, .post] {
                    let answer: WebEndpoint.Handler = { call in
                        let words = [call.caller.account ?? "-", "\(call.caller.right)", call.caller.proof ?? ""]
                        return WebAnswer(200, "text/plain", .bytes(Array(words.joined(separator: " ").utf8)))
                    }
                    all.append(
                        WebEndpoint(
                            method, "\(folder)/\(right)", section, needs: right, bodyLimit: method == .post ? 1000 : 0,
                            handler: answer))
                }
            }
        }
        return all
    }()

    static func basic(_ name: String, _ password: String) -> (String, String) {
        ("authorization", "Basic \(Base64Text.of("\(name):\(password)"))")
    }
}

extension WebAnswer {
    subscript(name: String) -> String? {
        headers.all.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
