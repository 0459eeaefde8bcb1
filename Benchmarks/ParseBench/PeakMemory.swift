import Glibc

/// What the kernel says of this process's resident memory.
enum PeakMemory {
    /// Makes what is resident the highest that there has been.
    ///
    /// - Returns: how much that is, in KiB.
    static func reset() -> Int {
        if let file = fopen("/proc/self/clear_refs", "w") {
            fputs("5", file)
            fclose(file)
        }
        return kibibytes("VmRSS")
    }

    /// A line of `/proc/self/status` by its name: `VmRSS`, or `VmHWM` for the highest since the last `reset`.
    static func kibibytes(_ name: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix(name + ":") else { continue }
            return Int(text.split { !$0.isNumber }.first ?? "") ?? 0
        }
        return 0
    }
}
