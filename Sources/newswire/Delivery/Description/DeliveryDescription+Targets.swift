internal import Configuration
internal import Fetching
internal import Glibc
internal import Web

/// Who takes the delivery: what each kind of target goes by.
extension DeliveryDescription {
    /// The command; nil where articles go elsewhere.
    ///
    /// - Parameter environment: all that it gets beside what each batch adds.
    func program(environment: [String: String]) throws(DeliveryProblem) -> DeliveryCommand? {
        guard let words = settings.command else { return nil }
        if let program = DeliveryCommand(words, environment: environment) { return program }
        throw DeliveryProblem(
            "command",
            "there is no program \(words.first ?? "") that may be run; name it by its path, and look at its mode")
    }

    /// How articles go to a URL; nil where they go elsewhere. Reads the template.
    func requestOptions() throws(DeliveryProblem) -> HTTPTarget.Options? {
        guard let url = settings.to else { return nil }
        var options = HTTPTarget.Options(url: url)
        switch settings.method {
        case .post, nil: options.method = .post
        case .put: options.method = .put
        }
        options.body = try body()
        options.isPacked = settings.gzip ?? false
        options.headers = settings.headers ?? []
        options.bearer = settings.bearer
        options.signers = settings.secret ?? []
        options.expected = settings.expect
        return options
    }

    func checkURL() throws(DeliveryProblem) {
        guard case .text(let text)? = settings.to else { return }
        let to = source.name("to")
        if !URLSecrets.userinfo(of: text).isEmpty {
            throw DeliveryProblem(
                "to",
                "\(to) takes no login, which everybody could read: use \(source.name("bearer")), or "
                    + "\(source.name("headers")) with the place of a secret for Authorization")
        }
        if text.contains("{{") {
            guard batch == 1 else {
                throw DeliveryProblem(
                    "to",
                    "\(to) has a place for what an article says, and a batch has several; use \(source.setting("batch", 1))"
                )
            }
            do throws(ArticleTemplate.Problem) {
                _ = try ArticleTemplate(text, form: .url)
            } catch {
                throw DeliveryProblem("to", "\(to): \(error)")
            }
        }
        do throws(WebURL.Problem) {
            _ = try WebURL(String(text.prefix { $0 != "{" }))
        } catch {
            throw DeliveryProblem("to", "\(to) takes a URL such as https://example.org/hook, or \(source.secretForms)")
        }
    }

    private func body() throws(DeliveryProblem) -> HTTPBody {
        if let template = settings.template {
            return try TemplateFile(path: template, contentType: settings.contentType, source: source).body(
                batch: batch)
        }
        switch settings.body {
        case .array: return .array
        case .lines: return .lines
        case nil: return batch == 1 ? .object : .array
        }
    }

    /// How articles are mailed; nil where they go elsewhere.
    func mailOptions() throws(DeliveryProblem) -> MailTarget.Options? {
        guard let mail = settings.mail else { return nil }
        var recipients: [MailAddress] = []
        for text in mail { recipients.append(try address("mail", text)) }
        guard recipients.count <= DeliverySettings.mostRecipients else {
            throw DeliveryProblem(
                "mail", "\(source.name("mail")) takes \(DeliverySettings.mostRecipients) addresses at most")
        }
        if (settings.smtpUser == nil) != (settings.smtpPassword == nil) {
            throw DeliveryProblem(
                settings.smtpUser == nil ? "smtp_password" : "smtp_user",
                "\(source.name("smtp_user")) and \(source.name("smtp_password")) need each other")
        }
        let server = try server()
        if settings.smtpPassword != nil, server.isInsecure, server.encryption == .none, !server.isLocal {
            throw DeliveryProblem(
                "smtp_insecure",
                "\(source.name("smtp_insecure")) would send the password for everybody on the way to read")
        }
        return MailTarget.Options(
            server: server, composer: MailComposer(sender: try sender(), recipients: recipients),
            user: settings.smtpUser, password: settings.smtpPassword, isDigest: settings.digest != nil)
    }

    private func server() throws(DeliveryProblem) -> MailServer {
        var server: MailServer
        let smtp = source.name("smtp")
        do throws(MailServer.Problem) {
            server = try MailServer(settings.smtp ?? "smtp://localhost")
        } catch {
            switch error {
            case .malformed:
                throw DeliveryProblem(
                    "smtp", "\(smtp) takes a URL such as smtps://mail.example.org or smtp://localhost:25")
            case .login:
                throw DeliveryProblem(
                    "smtp",
                    "\(smtp) takes no login, which everybody could read: use \(source.name("smtp_user")) and "
                        + source.name("smtp_password"))
            }
        }
        server.isInsecure = settings.smtpInsecure ?? false
        if let caFile = settings.smtpCA {
            guard access(caFile, R_OK) == 0 else {
                throw DeliveryProblem(
                    "smtp_ca", "\(source.name("smtp_ca")): \(caFile) cannot be read: \(SystemReason.text(errno))")
            }
            server.caFile = caFile
        }
        return server
    }

    private func sender() throws(DeliveryProblem) -> MailAddress {
        if let from = settings.mailFrom { return try address("mail_from", from) }
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0,
            let sender = try? MailAddress(
                "newswire@\(String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))")
        else {
            throw DeliveryProblem(
                "mail", "this machine's name makes no address to send from: name one with \(source.name("mail_from"))")
        }
        return sender
    }

    private func address(_ key: String, _ text: String) throws(DeliveryProblem) -> MailAddress {
        do throws(MailAddress.Problem) {
            return try MailAddress(text)
        } catch {
            throw DeliveryProblem(key, "\(source.name(key)): “\(text)” \(error)")
        }
    }
}
