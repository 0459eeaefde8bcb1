private import Glibc

/// How much of a document is read (security.md §4 and §6). Sizes are in bytes of UTF-8.
package struct ParseLimits: Sendable {
    /// Items beyond that are counted in `Feed.droppedArticles`.
    package var items = 2000
    package var titleBytes = 4 * 1024
    /// How much of an id is shown; `Article.id` itself is whole, because the identity is made of all of it.
    package var idBytes = 4 * 1024
    package var contentBytes = 1024 * 1024
    /// Any other text: names, addresses, dates.
    package var fieldBytes = 64 * 1024
    package var urlBytes = 16 * 1024
    package var categories = 100
    package var enclosures = 100
    /// Authors, contributors and links of one article or feed, each.
    package var listEntries = 100
    /// Open elements; tags below that are passed over, their text is kept.
    package var depth = 250
    /// Time spent inside the parser, by `clock`. What was read until then is kept and flagged as truncated.
    package var time = Duration.seconds(5)
    /// A clock that never goes back. It is read every few ten thousand bytes, by the thread that parses them.
    package var clock: @Sendable () -> Duration = processorClock

    package init() {}

    /// The processor time of the thread: on a machine that is busy with other things no document is cut off for it.
    package static let processorClock: @Sendable () -> Duration = {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
