import CTurboJPEG

/// The only code that calls libjpeg-turbo. A handle lives for one picture: making one costs a few microseconds, and nothing
/// has to be shared between tasks.
enum JPEGHandle {
    /// Decodes at an eighth of the size: from the blocks' means alone, which is all that measuring needs.
    ///
    /// The caller has read the size from the header and decided that it may be decoded. A file of very many progressive
    /// scans is refused by the library, and any warning counts as damage.
    ///
    /// - Returns: nil when the data are damaged or cut off.
    static func decodeEighth(_ bytes: [UInt8], width: Int, height: Int) -> Raster? {
        guard let handle = unsafe tjInitDecompress() else { return nil }
        defer { unsafe tjDestroy(handle) }
        let (columns, rows) = ((width + 7) / 8, (height + 7) / 8)
        var pixels = [UInt8](repeating: 0, count: columns * rows * 3)
        let status = unsafe bytes.withUnsafeBufferPointer { source in
            unsafe pixels.withUnsafeMutableBufferPointer { target in
                unsafe tjDecompress2(
                    handle, source.baseAddress, UInt(source.count), target.baseAddress, CInt(columns), 0, CInt(rows),
                    CInt(TJPF_RGB.rawValue), TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS)
            }
        }
        return status == 0 ? Raster(width: columns, height: rows, pixels: pixels) : nil
    }

    /// A baseline JPEG of the picture.
    ///
    /// - Parameter quality: 1 to 100, as libjpeg counts.
    /// - Returns: empty when there is no memory for it.
    static func encode(_ raster: Raster, quality: Int) -> [UInt8] {
        guard let handle = unsafe tjInitCompress() else { return [] }
        defer { unsafe tjDestroy(handle) }
        var buffer: UnsafeMutablePointer<UInt8>?
        var size: UInt = 0
        defer { unsafe tjFree(buffer) }
        let status = unsafe raster.pixels.withUnsafeBufferPointer { source in
            unsafe tjCompress2(
                handle, source.baseAddress, CInt(raster.width), 0, CInt(raster.height), CInt(TJPF_RGB.rawValue),
                &buffer,
                &size, CInt(TJSAMP_420.rawValue), CInt(quality), TJFLAG_ACCURATEDCT)
        }
        guard status == 0, let start = unsafe buffer else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: start, count: Int(size)))
    }
}
