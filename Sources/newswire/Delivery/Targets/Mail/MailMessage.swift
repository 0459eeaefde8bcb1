/// A message as it goes to the server (RFC 5322): lines that end with CR and LF, all of them ASCII.
struct MailMessage: Equatable {
    /// Message-ID without its brackets: the same each time that a message is made of the same articles, so that a mailbox
    /// can show one that comes twice as one.
    let id: String
    let bytes: [UInt8]
}
