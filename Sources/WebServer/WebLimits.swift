package import NIOCore

/// `WebLimits` bounds what connections may take (web.md §3.7).
package struct WebLimits: Sendable {
    package var connections = 256
    package var streams = 64
    /// So many requests are worked on or wait for it.
    package var inWork = 32
    /// Bytes of the request line with all headers.
    package var head = 16 << 10
    /// A request has so long to come, from its first byte to its last.
    package var sendTime = TimeAmount.seconds(30)
    /// A connection is kept so long for another request.
    package var idleTime = TimeAmount.seconds(60)
    /// Whoever takes nothing of an answer for so long is given up.
    package var stallTime = TimeAmount.seconds(60)
    /// A stream is given up that has not taken so many bytes.
    package var unsent = 1 << 20
    /// A stream is asked for news so often.
    package var newsInterval = TimeAmount.seconds(1)
    /// A stream without news has a comment so often.
    package var commentInterval = TimeAmount.seconds(15)
    /// After so long without an answer nothing of what answers have taken is wanted soon.
    package var quietTime = TimeAmount.seconds(30)
    /// What is in flight has so long once the server was told to stop.
    package var grace = TimeAmount.seconds(10)
    /// A connection that is closed by this side has so long to take the answer.
    package var lingerTime = TimeAmount.seconds(2)

    package init() {}
}
