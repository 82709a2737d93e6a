import CQRCode

/// The only code that calls libqrencode. A symbol lives for one call, and nothing is shared between tasks: the library keeps
/// no state since version 4.
enum QRHandle {
    /// The modules of the smallest symbol of level M that holds the bytes, row by row, true for black.
    ///
    /// - Returns: nil when no symbol is large enough, or there is no memory for one.
    static func modules(of bytes: [UInt8]) -> (width: Int, isBlack: [Bool])? {
        let symbol = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe QRcode_encodeData(CInt(buffer.count), buffer.baseAddress, 0, QR_ECLEVEL_M)
        }
        guard let symbol = unsafe symbol else { return nil }
        defer { unsafe QRcode_free(symbol) }
        let width = unsafe Int(symbol.pointee.width)
        guard width > 0, let data = unsafe symbol.pointee.data else { return nil }
        // The lowest bit is the colour; the others say what a module is for.
        return unsafe (width, UnsafeBufferPointer(start: data, count: width * width).map { $0 & 1 == 1 })
    }
}
