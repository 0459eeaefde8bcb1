internal import Glibc

/// What the system says of an error number.
enum SystemReason {
    static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
