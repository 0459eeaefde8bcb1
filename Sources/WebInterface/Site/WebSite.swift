internal import Configuration
package import FeedModel
internal import Ingestion
internal import Logging
internal import Web

/// `WebSite` answers requests: it finds out who asks, whether that is allowed, and what answers.
///
/// Any thread may use it. `reception` waits for nothing; `answer` may wait for the disk and for the service.
package struct WebSite: Sendable {
    static let endpoints =
        PageEndpoints.all + APIEndpoints.all + OutputEndpoints.all + GoogleReaderEndpoints.all + MinifluxEndpoints.all
        + AssetEndpoints.all

    /// `Head` is what came before the body of a request.
    package struct Head: Sendable {
        package var method: String
        /// What the request line names.
        package var target: String
        /// Names are in lower case.
        package var headers: WebFields
        package var peer: WebRequest.Peer
        package var receivedAt: Timestamp

        package init(
            method: String, target: String, headers: WebFields, peer: WebRequest.Peer, receivedAt: Timestamp
        ) {
            self.method = method
            self.target = target
            self.headers = headers
            self.peer = peer
            self.receivedAt = receivedAt
        }
    }

    /// `Reception` is what was decided by the head of a request.
    package struct Reception: Sendable {
        /// So many bytes of the body are read; 0 where none is wanted.
        package var bodyLimit: Int
        package var isHead: Bool
        fileprivate var request: WebRequest
        fileprivate var section: WebSection
        fileprivate var outcome: Outcome
        /// What the log says of who asks.
        fileprivate var name: String?

        fileprivate enum Outcome: Sendable {
            case handle(WebEndpoint, WebCaller, parameters: [String: String])
            /// Who asks is known once the body is there.
            case identify(WebEndpoint, parameters: [String: String], proxyName: String?)
            case refuse(WebFailure)
        }

        /// Tells whether the answer is known already, whatever the body has.
        package var isRefused: Bool {
            if case .refuse = outcome { true } else { false }
        }
    }

    private let router: WebRouter

    package init() { self.init(Self.endpoints) }

    init(_ endpoints: [WebEndpoint]) {
        router = WebRouter(endpoints)
    }

    /// Looks at the head of a request: whether it is meant for this, who asks, and whether that may be asked.
    package func reception(of head: Head, _ house: WebHouse) -> Reception {
        let rules = house.parts.access.rules
        let method = WebRequest.Method(rawValue: head.method) ?? .other
        var request = WebRequest(
            method: method, path: "/", segments: [], headers: head.headers, peer: head.peer,
            receivedAt: head.receivedAt)
        var section = WebSection.page
        var name: String?
        func refuse(_ failure: WebFailure) -> Reception {
            Reception(
                bodyLimit: 0, isHead: method == .head, request: request, section: section, outcome: .refuse(failure),
                name: name)
        }
        do throws(WebTarget.Refusal) {
            let target = try WebTarget(head.target, below: rules.web.basePath)
            request.path = target.path
            request.segments = target.segments
            request.query = target.query
            // What the address names counts, whatever Host says (RFC 9112 §3.2.2).
            if let authority = target.authority, request.headers.values(of: "host").count == 1 {
                request.headers.all.removeAll { $0.name == "host" }
                request.headers.all.append(.init("host", authority))
            }
        } catch {
            // What it was asked by comes first: whoever asks by another name learns nothing.
            if let failure = WebGate(rules: rules).refusal(request) { return refuse(failure) }
            return refuse(
                error == .malformed
                    ? WebFailure(400, "the address cannot be read", hint: "A % in it needs two hexadecimal digits.")
                    : WebFailure(404, "there is nothing at this address", hint: "All is below \(rules.web.basePath)/."))
        }
        section = WebRouter.section(of: request.segments)
        if let failure = WebGate(rules: rules).refusal(request) { return refuse(failure) }
        let found = router.find(method, request.segments, path: request.path)
        switch found {
        case .endpoint(let endpoint, _): section = endpoint.section
        case .otherMethod(_, let other): section = other
        case .nothing: break
        }
        do throws(WebFailure) {
            let identification = WebIdentification(house, rules)
            let proxyName = try identification.takeProxyName(from: &request)
            // Readers of the Google Reader dialect may say in a form who they are.
            if section == .googleReader, case .endpoint(let endpoint, let parameters) = found, endpoint.bodyLimit > 0 {
                return Reception(
                    bodyLimit: endpoint.bodyLimit, isHead: method == .head, request: request, section: section,
                    outcome: .identify(endpoint, parameters: parameters, proxyName: proxyName), name: proxyName)
            }
            let caller = try identification.caller(request, section, proxyName: proxyName)
            name = caller.account ?? proxyName
            if case .endpoint(let endpoint, let parameters) = found {
                try Self.check(caller, endpoint, isNamed: proxyName != nil)
                return Reception(
                    bodyLimit: endpoint.bodyLimit, isHead: method == .head, request: request, section: section,
                    outcome: .handle(endpoint, caller, parameters: parameters), name: name)
            }
            // Who may do nothing does not learn either what there is.
            if caller.right < .read { throw WebIdentification.unknown(section) }
            if case .otherMethod(let allowed, _) = found {
                let names = allowed.joined(separator: ", ")
                throw WebFailure(
                    405, "\(head.method) is nothing that this address answers to", hint: "It answers to \(names).",
                    headers: WebFields([.init("Allow", names)]))
            }
            throw WebFailure(404, "there is nothing at this address")
        } catch {
            return refuse(error)
        }
    }

    /// Answers what was received, once its body is there. It logs the request, and never a secret.
    package func answer(_ reception: Reception, body: [UInt8], _ house: WebHouse) -> WebAnswer {
        var request = reception.request
        request.body = body
        let basePath = house.parts.access.rules.web.basePath
        var name = reception.name
        var answer: WebAnswer
        var reason: String?
        do {
            switch reception.outcome {
            case .refuse(let failure): throw failure
            case .handle(let endpoint, let caller, let parameters):
                answer = try endpoint.handler(
                    WebCall(request: request, caller: caller, parameters: parameters, house: house))
            case .identify(let endpoint, let parameters, let proxyName):
                let identification = WebIdentification(house, house.parts.access.rules)
                let caller = try identification.caller(request, reception.section, proxyName: proxyName)
                name = caller.account ?? proxyName
                try Self.check(caller, endpoint, isNamed: proxyName != nil)
                answer = try endpoint.handler(
                    WebCall(request: request, caller: caller, parameters: parameters, house: house))
            }
        } catch let failure as WebFailure {
            if failure.status >= 500 { reason = failure.message }
            answer = failure.answer(in: reception.section, to: request, below: basePath)
        } catch {
            house.logger.error("answering a request: \(error)", metadata: ["path": "\(request.path)"])
            answer = WebFailure(500, "something went wrong here", hint: "The log of newswire-web says what.")
                .answer(in: reception.section, to: request, below: basePath)
        }
        WebHeaders.complete(&answer, reception.section)
        house.metrics.count(
            reception.section, status: answer.status,
            milliseconds: max(0, SystemClock.now().milliseconds - request.receivedAt.milliseconds))
        log(request, answer, name, reason, house)
        return answer
    }

    /// Throws where somebody may not ask for an endpoint.
    ///
    /// - Parameter isNamed: whether a proxy has said who it is, so that nobody needs to be asked.
    private static func check(
        _ caller: WebCaller, _ endpoint: WebEndpoint, isNamed: Bool
    ) throws(WebFailure) {
        if caller.right >= endpoint.needs { return }
        if caller.account == nil, !isNamed { throw WebIdentification.unknown(endpoint.section) }
        throw forbidden(caller, endpoint.needs)
    }

    /// Returns the reception of a request whose body is larger than may be.
    package func tooLarge(_ reception: Reception) -> Reception {
        refusing(
            reception,
            WebFailure(413, "the body is too large", hint: "It may have \(reception.bodyLimit) bytes here."))
    }

    /// Returns the reception of a request that comes while there is too much to do.
    package func busy(_ reception: Reception) -> Reception { refusing(reception, Self.busy) }

    private func refusing(_ reception: Reception, _ failure: WebFailure) -> Reception {
        var refused = reception
        refused.outcome = .refuse(failure)
        refused.bodyLimit = 0
        return refused
    }

    /// Returns an answer to what cannot be read as a request, or is one too many.
    package static func answer(to failure: WebFailure) -> WebAnswer {
        var answer = failure.answer(in: .output)
        WebHeaders.complete(&answer, .output)
        return answer
    }

    /// What is said where there is too much to do.
    package static let busy = WebFailure(
        503, "there is too much to do at present", hint: "Try again in a few seconds.",
        headers: WebFields([.init("Retry-After", "2")]))

    private static func forbidden(_ caller: WebCaller, _ needed: WebRight) -> WebFailure {
        let who = caller.account.map { "the account \($0)" } ?? "whoever has no account"
        return WebFailure(
            403, "\(who) may not do this",
            hint: "It needs the right \"\(needed)\", which [[web.account]] of newswire.toml gives.")
    }

    /// - Parameter reason: why the house itself could not answer.
    private func log(
        _ request: WebRequest, _ answer: WebAnswer, _ name: String?, _ reason: String?, _ house: WebHouse
    ) {
        let isFailure = answer.status >= 500 || answer.status == 401 && Proof(request) != nil
        let level = isFailure ? Logger.Level.notice : .debug
        guard house.logger.logLevel <= level else { return }
        var metadata = metadata(request, answer, name, house)
        if let reason { metadata["reason"] = "\(reason)" }
        house.logger.log(level: level, "\(request.method.rawValue) \(request.path)", metadata: metadata)
    }

    private func metadata(
        _ request: WebRequest, _ answer: WebAnswer, _ name: String?, _ house: WebHouse
    ) -> Logger.Metadata {
        let now = SystemClock.now()
        var metadata: Logger.Metadata = ["status": "\(answer.status)"]
        metadata["ms"] = "\(now.milliseconds - request.receivedAt.milliseconds)"
        if let name { metadata["account"] = "\(name)" }
        let query = Self.shown(request.query)
        if !query.isEmpty { metadata["query"] = "\(query)" }
        var from =
            switch request.peer {
            case .address(let address): address.description
            case .unixSocket: "unix"
            }
        if house.parts.access.rules.trusts(request.peer), let forwarded = request.headers["x-forwarded-for"] {
            from += " for \(forwarded)"
        }
        metadata["from"] = "\(from)"
        return metadata
    }

    /// A query for the log: what may be a secret is left out.
    private static func shown(_ query: WebFields) -> String {
        let secret: Set<String> = ["token", "t", "passwd", "password", "auth", "sid"]
        let text = query.all.map { field in
            secret.contains(field.name.lowercased()) ? "\(field.name)=***" : "\(field.name)=\(field.value)"
        }
        .joined(separator: "&")
        return text.utf8.count > 500 ? String(text.prefix(400)) + "…" : text
    }
}
