import CardProgramme

/// A drawn picture that satisfies the photo rule (N16) and is plainly nobody: an ellipse above a dark jacket.
///
/// For rehearsals, measurements and tests only; every file says so in a comment.
package struct SyntheticPortrait: Sendable {
    package typealias Colour = (red: UInt8, green: UInt8, blue: UInt8)

    package var width = PhotoRule.width
    package var height = PhotoRule.height
    package var density: Int? = PhotoRule.density
    package var ground: Colour = (248, 248, 248)
    package var jacket: Colour = (38, 42, 58)
    /// As a share of the height, from hair to chin.
    package var headHeight = 2.0 / 3.0
    /// Thickness of a dark frame in pixels.
    package var frame = 0
    package var hasPerson = true
    /// As libjpeg counts, 1 to 100.
    package var quality = 90
    /// How strongly the drawing is grained, so that it has about as many bytes as a photo.
    package var grain = 5

    package init() {}

    /// The drawing as a JPEG.
    package func jpeg() -> [UInt8] {
        var bytes = JPEGHandle.encode(self.drawn(), quality: self.quality)
        guard bytes.count > 18 else { return bytes }
        // The JFIF segment the encoder writes first: unit, horizontal and vertical density.
        if let density = self.density {
            bytes[13] = 1
            bytes[14] = UInt8(truncatingIfNeeded: density >> 8)
            bytes[15] = UInt8(truncatingIfNeeded: density)
            bytes[16] = bytes[14]
            bytes[17] = bytes[15]
        }
        return bytes
    }

    private func drawn() -> Raster {
        var raster = Raster(
            width: self.width, height: self.height, pixels: [UInt8](repeating: 0, count: self.width * self.height * 3))
        let (width, height) = (Double(self.width), Double(self.height))
        let half = height * self.headHeight / 2
        let top = max(height * 0.08, (height * 0.84 - 2 * half) / 2)
        let chin = top + 2 * half
        var noise: UInt32 = 2022
        for row in 0..<self.height {
            let y = Double(row) + 0.5
            for column in 0..<self.width {
                let x = Double(column) + 0.5 - width / 2
                var colour = self.ground
                if self.hasPerson {
                    let head = Self.square(x / (half * 0.7)) + Self.square((y - top - half) / half)
                    let shoulders = Self.square(x / (width * 0.47)) + Self.square((y - height * 1.06) / (height * 0.25))
                    if head <= 1 {
                        colour = (176, 140, 118)
                    } else if y > chin, shoulders <= 1 {
                        colour = self.jacket
                    } else if y > chin - half * 0.4, abs(x) < half * 0.38 {
                        colour = (164, 128, 108)
                    } else if shoulders <= 1 {
                        colour = self.jacket
                    }
                }
                let outermost = min(row, column, self.height - 1 - row, self.width - 1 - column)
                if outermost < self.frame { colour = (20, 20, 20) }
                noise = noise &* 1_664_525 &+ 1_013_904_223
                let grain = Int(noise >> 24) % (2 * self.grain + 1) - self.grain
                let place = (row * self.width + column) * 3
                raster.pixels[place] = UInt8(clamping: Int(colour.red) + grain)
                raster.pixels[place + 1] = UInt8(clamping: Int(colour.green) + grain)
                raster.pixels[place + 2] = UInt8(clamping: Int(colour.blue) + grain)
            }
        }
        return raster
    }

    private static func square(_ number: Double) -> Double { number * number }
}

extension SyntheticPortrait {
    /// Drawn once; two people's pictures differ in a number in their comment.
    private static let template = SyntheticPortrait().jpeg()
    private static let comment = "synthetic portrait of nobody, for tests and rehearsals; 合成照片，非真人 "

    /// A picture that satisfies the rule, different for each number.
    ///
    /// - Parameter bytes: The size to fill up to with a comment of spaces; one smaller than the drawing is not reached.
    package static func picture(of number: Int, bytes: Int = 0) -> [UInt8] {
        var picture: [UInt8] = []
        picture.reserveCapacity(max(bytes, Self.template.count + 160))
        // After the JFIF segment, which must come first.
        let digits = String(UInt64(truncatingIfNeeded: number))
        let text = Self.comment + String(repeating: "0", count: max(0, 20 - digits.count)) + digits
        picture += Self.template.prefix(20)
        Self.append(comment: Array(text.utf8), to: &picture)
        var missing = bytes - picture.count - (Self.template.count - 20)
        while missing > 4 {
            let length = min(missing - 4, 65_533)
            Self.append(comment: [UInt8](repeating: 0x20, count: length), to: &picture)
            missing -= length + 4
        }
        picture += Self.template.dropFirst(20)
        return picture
    }

    private static func append(comment: [UInt8], to picture: inout [UInt8]) {
        let length = comment.count + 2
        picture += [0xFF, 0xFE, UInt8(length >> 8), UInt8(length & 0xFF)]
        picture += comment
    }
}
