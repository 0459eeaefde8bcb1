/// The options by which what was fetched is kept as it came.
extension Options {
    private static let day: Duration = .seconds(86_400)

    static let archive: [Option] = [
        Option(
            "directory", .text(refusal: ArchiveSettings.refusal),
            """
            Where the archive is: a name in the store's folder, or an absolute path, as on another disk. It is made where the \
            folder above it is there; the service's sandbox must let it write there (ReadWritePaths= in a drop-in).
            """, in: .archive(\.directory, .afterRestart)),
        Option(
            "retain", .retention(in: day...day * 36_500),
            """
            How long a file is kept after it was written last. Files go as a whole, once it is certain what time it is.
            """, in: .archive(\.retain, .onReload)),
        Option(
            "max_size", .size(in: 1 << 20...1000 << 30),
            "How large the archive may be. The oldest files go first.", in: .archive(\.maxSize, .onReload)),
        Option(
            "rotate_size", .size(in: 64 << 10...4 << 30), "How large a file gets before the next is begun.",
            in: .archive(\.rotateSize, .onReload)),
        Option(
            "rotate_time", .span(in: .seconds(60)...day * 31), "How old a file gets before the next is begun.",
            in: .archive(\.rotateTime, .onReload)),
    ]
}
