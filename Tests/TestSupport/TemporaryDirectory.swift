package import Glibc

/// A folder that is gone when the test has let go of it.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() {
        var template = Array("/tmp/newswire-test-XXXXXX".utf8CString)
        // Not nil: the template is not empty.
        let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) }
        precondition(made != nil, "cannot make a temporary folder: errno \(errno)")
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        // One process for a whole tree: the tests' trees are small.
        var pid = pid_t()
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("rm"), strdup("-rf"), strdup("--"), strdup(path), nil]
        if posix_spawnp(&pid, "rm", nil, nil, &arguments, environ) == 0 { waitpid(pid, nil, 0) }
        arguments.forEach { free($0) }
    }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, making the folders on the way to it.
    @discardableResult
    package func write(_ text: String, to name: String, mode: mode_t = 0o644) -> String {
        write(Array(text.utf8), to: name, mode: mode)
    }

    @discardableResult
    package func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o644) -> String {
        let target = file(name)
        for (index, character) in target.enumerated() where character == "/" && index > path.count {
            mkdir(String(target.prefix(index)), 0o755)
        }
        let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        precondition(descriptor >= 0, "cannot write \(target): errno \(errno)")
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + offset, bytes.count - offset)
            }
            precondition(written > 0, "cannot write \(target): errno \(errno)")
            offset += written
        }
        fchmod(descriptor, mode)
        return target
    }

    package func read(_ name: String) -> [UInt8]? { WholeFile.read(file(name)) }

    package func text(_ name: String) -> String? {
        read(name).map { String(decoding: $0, as: UTF8.self) }
    }
}
