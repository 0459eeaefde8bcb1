private import Glibc

/// Converts a legacy code page to UTF-8 piece by piece; what it cannot read becomes U+FFFD.
struct IconvConverter: ~Copyable {
    private let handle: iconv_t

    /// Nil where the system's iconv does not know the name.
    init?(name: String) {
        // iconv_open answers (iconv_t)-1 for an unknown name.
        guard let handle = iconv_open("UTF-8", name), Int(bitPattern: handle) != -1 else { return nil }
        self.handle = handle
    }

    deinit { iconv_close(handle) }

    /// Appends the UTF-8 of as much of `input` as is complete.
    ///
    /// - Parameter isFinal: an incomplete character at the end becomes U+FFFD too.
    /// - Returns: how many bytes were taken, and how many places could not be read.
    func convert(
        _ input: UnsafeBufferPointer<UInt8>, isFinal: Bool, into output: inout [UInt8]
    ) -> (consumed: Int, errors: Int) {
        guard let base = input.baseAddress else { return (0, 0) }
        var errors = 0
        var position = 0
        while position < input.count {
            var source: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(
                mutating: UnsafeRawPointer(base + position).assumingMemoryBound(to: CChar.self))
            var sourceLeft = input.count - position
            var failure: Int32 = 0
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 * 1024) { room in
                var target = room.baseAddress
                var targetLeft = room.count
                if iconv(handle, &source, &sourceLeft, &target, &targetLeft) == Int.max.bitPatternOfFailure {
                    failure = errno
                }
                output.append(
                    contentsOf: UnsafeRawBufferPointer(start: room.baseAddress, count: room.count - targetLeft))
            }
            position = input.count - sourceLeft
            switch failure {
            case 0, E2BIG: continue
            case EINVAL where !isFinal: return (position, errors)
            default:
                errors += 1
                output.append(contentsOf: [0xef, 0xbf, 0xbd])
                position = failure == EINVAL ? input.count : position + 1
            }
        }
        return (position, errors)
    }
}

extension Int {
    /// What iconv returns when it stops early: (size_t)-1.
    fileprivate var bitPatternOfFailure: Int { -1 }
}
