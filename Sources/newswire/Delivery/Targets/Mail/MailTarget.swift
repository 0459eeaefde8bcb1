internal import Configuration
internal import FeedModel
internal import Fetching

/// A mailbox as the target of a delivery: a message for each article, or one for each batch, handed to a mail server.
// Sendable because the delivery's thread alone offers batches, one at a time.
final class MailTarget: DeliveryTarget, @unchecked Sendable {
    struct Options: Sendable {
        let server: MailServer
        let composer: MailComposer
        let user: String?
        let password: Secret?
        /// Whether a batch becomes one message.
        let isDigest: Bool
    }

    private let options: Options
    private let environment: [String: String]
    private var connection: MailConnection?
    /// How many articles of the batch that is offered the server has, so that a failure behind them brings none twice.
    private var taken = 0

    init(_ options: Options, environment: [String: String]) {
        self.options = options
        self.environment = environment
    }

    func take(_ batch: DeliveryBatch, _ attempt: DeliveryAttempt) -> DeliveryAnswer {
        let login: MailConnection.Login?
        do throws(SecretError) {
            login = try self.login()
        } catch {
            return .refused("mail cannot be sent: \(error)")
        }
        // Another batch, or the same once more after somebody has moved the cursor back.
        if attempt.number == 1 { taken = 0 }
        var records: [StoredRecord] = []
        for line in batch.lines {
            // A line whose checksum holds is JSON, unless newswire itself wrote it wrong.
            guard let record = StoredRecord(line: line) else {
                return .refused("a record of the batch is no JSON, and no message can be made of it")
            }
            records.append(record)
        }
        if options.isDigest {
            let answer = send(
                options.composer.digest(of: records, for: attempt.consumer), "articles \(batch.first) to \(batch.last)",
                login, attempt)
            if let answer { return answer }
        } else {
            for record in records.dropFirst(taken) {
                let what = "article \(record.seq ?? 0)"
                if let answer = send(options.composer.message(of: record), what, login, attempt) { return answer }
                taken += 1
            }
        }
        taken = 0
        return .delivered
    }

    /// - Returns: nil once the server has it.
    private func send(
        _ message: MailMessage, _ what: String, _ login: MailConnection.Login?, _ attempt: DeliveryAttempt
    ) -> DeliveryAnswer? {
        guard let connection = connection ?? MailConnection(to: options.server) else {
            return .refused("mail cannot be sent: there is not enough memory")
        }
        self.connection = connection
        let envelope = MailConnection.Envelope(
            sender: options.composer.sender.description, recipients: options.composer.recipients.map(\.description))
        let answer = connection.send(
            message.bytes, envelope, login: login, timeout: Int(attempt.timeout), stop: attempt.stop)
        switch answer {
        case .taken: return nil
        case .stopped: return .stopped
        case .failed(let failure): return .refused("mailing \(what): \(failure.message)")
        }
    }

    /// Read anew each time, so that a changed password counts at once.
    private func login() throws(SecretError) -> MailConnection.Login? {
        guard let user = options.user, let password = options.password else { return nil }
        return MailConnection.Login(user: user, password: try password.resolve(environment: environment))
    }
}
