import CardProgramme

/// Pixels in red, green and blue, row by row.
struct Raster: Sendable {
    let width: Int
    let height: Int
    var pixels: [UInt8]

    /// White as a wall behind somebody is white on a picture: bright, and of no colour.
    func isWhite(_ column: Int, _ row: Int) -> Bool {
        let place = (row * self.width + column) * 3
        let (red, green, blue) = (self.pixels[place], self.pixels[place + 1], self.pixels[place + 2])
        let least = min(red, green, blue)
        return least >= 225 && max(red, green, blue) - least <= 24
    }

    /// Brightness after ITU-R BT.601, 0 to 255.
    func brightness(_ column: Int, _ row: Int) -> Int {
        let place = (row * self.width + column) * 3
        return (299 * Int(self.pixels[place]) + 587 * Int(self.pixels[place + 1]) + 114 * Int(self.pixels[place + 2]))
            / 1000
    }

    /// Share of the pixels for which something holds.
    private func share(
        columns: some Sequence<Int>, rows: Range<Int>, _ holds: (_ column: Int, _ row: Int) -> Bool
    ) -> Double {
        var all = 0
        var those = 0
        for column in columns {
            for row in rows {
                all += 1
                if holds(column, row) { those += 1 }
            }
        }
        return all == 0 ? 0 : Double(those) / Double(all)
    }

    private func column(_ share: Double) -> Int { Int((Double(self.width) * share).rounded()) }
    private func row(_ share: Double) -> Int { Int((Double(self.height) * share).rounded()) }
}

extension Raster {
    /// Measures what the photo rule asks (N16).
    ///
    /// The ground is looked at left and right of where a head can be, the frame along the outermost pixels of the top and
    /// the upper sides (below them are shoulders), the clothes along the bottom beside the collar.
    func look() -> PhotoMeasure.Look {
        let edge = max(2, self.column(0.045))
        let sides = Array(edge..<self.column(0.14)) + Array(self.column(0.86)..<(self.width - edge))
        let ground = self.share(columns: sides, rows: edge..<self.row(0.5), self.isWhite)
        let top = self.share(columns: 0..<self.width, rows: 0..<1) { !self.isWhite($0, $1) }
        let upper = 0..<self.row(0.5)
        let left = self.share(columns: 0..<1, rows: upper) { !self.isWhite($0, $1) }
        let right = self.share(columns: (self.width - 1)..<self.width, rows: upper) { !self.isWhite($0, $1) }
        let subject = self.share(columns: edge..<(self.width - edge), rows: edge..<self.height) {
            !self.isWhite($0, $1)
        }
        let front = Array(self.column(0.15)..<self.column(0.42)) + Array(self.column(0.58)..<self.column(0.85))
        let light = self.share(columns: front, rows: self.row(0.93)..<(self.height - 1)) {
            self.brightness($0, $1) >= 165
        }
        return PhotoMeasure.Look(
            // A ground of another colour reaches the edge; only beside a white one is a coloured edge a frame.
            whiteGround: ground, hasFrame: max(top, left, right) >= 0.8 && ground >= 0.5, subject: subject,
            headHeight: self.headHeight(edge), lightClothes: light)
    }

    /// From the topmost row of the subject to the chin.
    ///
    /// Down from the hair the rows grow wider to the ears and narrower to the neck. A head is near enough an ellipse, whose
    /// width falls to three quarters at 0.66 of the way from the middle to the chin; so the chin is half as far again.
    private func headHeight(_ edge: Int) -> Double? {
        let widths = (0..<self.height).map { row in
            (edge..<(self.width - edge)).count { !self.isWhite($0, row) }
        }
        let least = max(2, self.column(0.07))
        guard let top = (edge..<self.height).first(where: { widths[$0] >= least }) else { return nil }
        var widest = top
        for row in top..<self.height {
            if widths[row] > widths[widest] { widest = row }
            guard widths[widest] >= self.column(0.15), widths[row] * 4 <= widths[widest] * 3 else { continue }
            // The widest rows are several; their middle is the ears'.
            let wide = (top..<row).filter { widths[$0] * 100 >= widths[widest] * 97 }
            let middle = Double((wide.first ?? widest) + (wide.last ?? widest) + 1) / 2
            let chin = middle + (Double(row) + 0.5 - middle) * 1.5
            return (chin - Double(top)) / Double(self.height)
        }
        return nil
    }
}
