import Glibc
import Testing

/// A text in another encoding than UTF-8.
///
/// - Parameter name: of the encoding, as iconv calls it.
func encoded(_ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation) throws -> [UInt8] {
    let handle = try #require(iconv_open(name, "UTF-8"), sourceLocation: location)
    try #require(Int(bitPattern: handle) != -1, "iconv knows no \(name)", sourceLocation: location)
    defer { iconv_close(handle) }
    var input = text.utf8.map { CChar(bitPattern: $0) }
    var output = [CChar](repeating: 0, count: 4 * input.count + 4)
    var left = output.count
    let isEncoded = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            var source = input.baseAddress
            var target = output.baseAddress
            var sourceLeft = input.count
            return iconv(handle, &source, &sourceLeft, &target, &left) != -1
        }
    }
    try #require(isEncoded, "\(name) has not all of: \(text)", sourceLocation: location)
    return output.dropLast(left).map { UInt8(bitPattern: $0) }
}
