internal import ArticleStore
internal import Configuration
internal import Web

/// What `newswire check` says of the deliveries beside a configuration (contract.md §2.13).
struct DeliveryCheck {
    /// How many files describe one, of those that can be read.
    let count: Int
    /// What is wrong, or looks wrong, in the order of the files.
    let diagnostics: [Diagnostic]

    /// Reads all of `deliver.d`, with the rights of the process, and asks nobody for anything.
    ///
    /// - Parameter configuration: with the ids by which the store knows feeds.
    init(_ configuration: Configuration) {
        let (files, wrong) = DeliveryFolder(beside: configuration.path).files(isName: Cursors.isName)
        count = files.count
        diagnostics = wrong + files.flatMap { Self.review($0, configuration) }
    }

    private static func review(_ file: DeliveryFile, _ configuration: Configuration) -> [Diagnostic] {
        let delivery = DeliveryDescription(settings: file.settings, source: .file(file))
        var found: [Diagnostic] = []
        do throws(DeliveryProblem) {
            try delivery.check()
            _ = try delivery.requestOptions()
            // The unit's PATH, or a person's, may have more; a path is the same for all.
            _ = try delivery.program(environment: ["PATH": DeliveryCommand.standardPath])
        } catch {
            found.append(file.diagnostic(.error, error.key, error.message))
        }
        return found + configuration.checkReferences(of: file, environment: CommonOptions.environment)
            + secrets(file, CommonOptions.environment) + configuration.review(file)
            + network(file, configuration.deliver.privateNetworks, CommonOptions.environment)
    }

    /// A warning of a URL that no request gets to (security.md §2), as far as that can be told without a name server.
    static func network(
        _ file: DeliveryFile, _ policy: AddressPolicy, _ environment: [String: String]
    ) -> [Diagnostic] {
        guard let text = try? file.settings.to?.resolve(environment: environment) else { return [] }
        let fixed = text.prefix { $0 != "{" }
        // What an article says may be a part of the host.
        guard fixed.count == text.count || fixed.split(separator: "/", omittingEmptySubsequences: false).count > 3,
            let url = try? WebURL(String(fixed)), policy.refuses(host: url.host, port: url.port)
        else { return [] }
        let place =
            policy.allows(port: url.port, host: url.host)
            ? "is in a network that is not public" : "has a port that is not that of a web server"
        return [
            file.diagnostic(
                .warning, "to",
                "to: \(url.service) \(place), and nothing will be delivered to it; if it is right, name it with "
                    + "private_networks = [\(TOMLText.quoted(url.service))] below [deliver]")
        ]
    }

    /// What is wrong with secrets that can be read here, and would be found out by a delivery that fails.
    static func secrets(_ file: DeliveryFile, _ environment: [String: String]) -> [Diagnostic] {
        file.settings.secrets.compactMap { key, secret in
            guard let text = try? secret.resolve(environment: environment),
                let message = problem(of: key, text)
            else { return nil }
            return file.diagnostic(.error, key, "\(key): the secret \(secret) \(message)")
        }
    }

    /// Goes on where the secret's name ends, and repeats nothing of it.
    private static func problem(of key: String, _ text: String) -> String? {
        if text.allSatisfy(\.isWhitespace) { return "is blank" }
        switch key {
        case "to":
            if (try? WebURL(String(text.prefix { $0 != "{" }))) == nil {
                return "holds no http or https URL, such as https://example.org/hook"
            }
        case "secret":
            do throws(WebhookSignature.Problem) {
                _ = try WebhookSignature([text])
            } catch {
                return error.message
            }
        default: break
        }
        return nil
    }
}
