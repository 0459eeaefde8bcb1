internal import Publishing

/// What stands beside a line in a message (P1), as texts.
enum MessageHeaders {
    /// Calls `body` with each header, whose value is there only as long as the call lasts.
    static func each(of message: BusMessage, _ body: (StaticString, UnsafeRawBufferPointer) -> Void) {
        func text(_ name: StaticString, _ value: String) {
            var value = value
            value.withUTF8 { body(name, UnsafeRawBufferPointer($0)) }
        }
        body("Newswire-Id", message.id)
        text("Newswire-Seq", String(message.seq))
        body("Newswire-Uid", message.uid)
        text("Newswire-Version", String(message.version))
        text("Newswire-Kind", message.kind)
        text("Newswire-Feed", message.feed)
        body("Newswire-Stored-At", message.storedAt)
        if let omitted = message.omitted { text("Newswire-Omitted", omitted) }
    }
}
