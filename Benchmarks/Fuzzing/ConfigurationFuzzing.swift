import Glibc

@testable import Configuration

/// A configuration, and the same bytes as the two kinds of list that it may include.
enum ConfigurationFuzzing {
    /// In memory, so that nothing waits for a disk.
    private static let path = "/dev/shm/newswire-fuzz-\(getpid()).toml"

    static func run(_ bytes: [UInt8]) {
        URLList.read(bytes) { _, _ in }
        _ = try? OPMLDocument.read(bytes)
        guard let file = fopen(path, "w") else { return }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        defer { unlink(path) }
        _ = try? ConfigurationLoader.load(path: path, environment: [:])
    }
}
