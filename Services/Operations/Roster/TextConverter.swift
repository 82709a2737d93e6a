import Glibc

/// The two encodings a spreadsheet writes here: UTF-8, and GB18030 with its subsets GBK and GB2312.
enum TextEncoding: String, Sendable, CaseIterable {
    case utf8, gb18030

    fileprivate var iconvName: String { self == .utf8 ? "UTF-8" : "GB18030" }
}

/// Converts between UTF-8 and GB18030 with the C library's `iconv`, one field at a time, so that one unreadable field
/// costs its own row only.
struct TextConverter: ~Copyable {
    // The descriptor is this value's own: made once, closed once, never handed out, used by one task at a time.
    private let descriptor: iconv_t

    /// - Throws: ``OperationsError`` when this system's C library has no such conversion (Debian: package `libc-bin`).
    init(from source: TextEncoding, to target: TextEncoding) throws(OperationsError) {
        guard let descriptor = unsafe iconv_open(target.iconvName, source.iconvName),
            unsafe descriptor != iconv_t(bitPattern: -1)
        else {
            throw OperationsError(
                "系统缺少 \(source.iconvName) 字符转换，请安装 libc-bin · this system cannot convert \(source.iconvName): install libc-bin."
            )
        }
        unsafe self.descriptor = descriptor
    }

    deinit { unsafe iconv_close(self.descriptor) }

    /// The bytes in the other encoding; nil when they are none of the first.
    func converted(_ bytes: [UInt8]) -> [UInt8]? {
        if bytes.allSatisfy({ $0 < 0x80 }) { return bytes }
        var input = bytes.map { CChar(bitPattern: $0) }
        // A character of two bytes becomes one of three at most; a few more for one of four.
        var output = [CChar](repeating: 0, count: bytes.count * 2 + 8)
        var inLeft = input.count
        var outLeft = output.count
        let isDone = unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                var from = unsafe source.baseAddress
                var to = unsafe target.baseAddress
                // Back to the initial state, whatever the field before left.
                _ = unsafe iconv(self.descriptor, nil, nil, nil, nil)
                let result = unsafe iconv(self.descriptor, &from, &inLeft, &to, &outLeft)
                return result != Int(bitPattern: UInt.max) && inLeft == 0
            }
        }
        guard isDone else { return nil }
        return output.prefix(output.count - outLeft).map { UInt8(bitPattern: $0) }
    }
}
