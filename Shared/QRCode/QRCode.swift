/// A QR code (ISO/IEC 18004) of error correction level M: about 15 % of it may be soiled or folded and it is still read.
package struct QRCode: Hashable, Sendable {
    /// Modules each way, without the quiet zone: 21 and four more with each size.
    package let width: Int
    private let isBlack: [Bool]

    /// White modules around it, without which readers do not find it.
    package static let quietZone = 4
    /// More is not printed: modules on a small slip would become too fine for a telephone to read.
    package static let mostBytes = 300

    /// Nil for an empty text, and for one of more than ``mostBytes`` bytes of UTF-8.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...Self.mostBytes).contains(bytes.count), let symbol = QRHandle.modules(of: bytes) else { return nil }
        self.width = symbol.width
        self.isBlack = symbol.isBlack
    }

    /// Whether the module is black; everything outside is white.
    package func isBlack(row: Int, column: Int) -> Bool {
        guard (0..<self.width).contains(row), (0..<self.width).contains(column) else { return false }
        return self.isBlack[row * self.width + column]
    }

    /// The code as SVG: one path of whole modules, so that it stays crisp on paper and on every screen, and nothing in it
    /// comes from the text.
    ///
    /// It fills its place, with the quiet zone inside.
    package var svg: String {
        let side = self.width + 2 * Self.quietZone
        var path = ""
        for row in 0..<self.width {
            var column = 0
            while column < self.width {
                guard self.isBlack(row: row, column: column) else {
                    column += 1
                    continue
                }
                var end = column
                while self.isBlack(row: row, column: end) { end += 1 }
                path += "M\(column + Self.quietZone) \(row + Self.quietZone)h\(end - column)v1h-\(end - column)z"
                column = end
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" shape-rendering="crispEdges" \
            role="img" aria-label="二维码 QR code"><path fill="#fff" d="M0 0h\(side)v\(side)H0z"/>\
            <path d="\(path)"/></svg>
            """
    }

    /// The same in one call; nil as with ``init(_:)``.
    package static func svg(_ text: String) -> String? {
        QRCode(text)?.svg
    }
}
