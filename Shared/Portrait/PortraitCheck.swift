import CardProgramme

/// Measures a photo and says what is wrong with it (N16).
package enum PortraitCheck {
    /// Twice the rule's size each way. What is larger must be made smaller anyway and is not decoded, so that nobody can
    /// have a service decode a large picture.
    static let mostPixels = 4 * PhotoRule.width * PhotoRule.height

    /// - Returns: nil when the bytes are no whole JPEG.
    package static func measure(_ bytes: [UInt8]) -> PhotoMeasure? {
        guard let header = JPEGHeader(bytes) else { return nil }
        var measure = PhotoMeasure(
            byteCount: bytes.count, width: header.width, height: header.height, density: header.density, look: nil)
        // Too small to tell anything from, or too large to be worth it.
        let isSized =
            (64...2 * PhotoRule.width).contains(header.width)
            && (64...2 * PhotoRule.height).contains(header.height)
        guard isSized, header.width * header.height <= Self.mostPixels else { return measure }
        guard let raster = JPEGHandle.decodeEighth(bytes, width: header.width, height: header.height) else {
            return nil
        }
        measure.look = raster.look()
        return measure
    }

    /// Everything that is wrong with the picture, all at once.
    package static func faults(of bytes: [UInt8]) -> [PhotoFault] { PhotoRule.faults(of: Self.measure(bytes)) }
}
