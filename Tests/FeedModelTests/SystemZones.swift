import Glibc

/// Time zones as this system has them, where it does.
enum SystemZones {
    static let berlin: [UInt8] = {
        guard let file = fopen("/usr/share/zoneinfo/Europe/Berlin", "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }()

    static var exist: Bool { !berlin.isEmpty }
}
