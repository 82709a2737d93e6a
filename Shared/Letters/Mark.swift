/// One thing on a page. A page is composed of marks before any is drawn, so that what cannot be printed is known in time.
///
/// Lengths are in points (1/72 inch) from the page's upper left corner.
struct Mark {
    enum Kind {
        /// Some lines of a text, the first below `at`, each in a slot of the height `pitch`.
        case text(TextHandle, lines: Range<Int>, at: Point, pitch: Double)
        /// Dashes and gaps of one length; a full line with 0.
        case line(from: Point, to: Point, width: Double, dash: Double)
        case box(at: Point, size: PageSize, line: Double)
        /// Filled rectangles of one height.
        case bars([Bar], top: Double, height: Double)
    }

    struct Bar: Sendable {
        let x: Double
        let width: Double
    }

    let kind: Kind
    var colour = Colour.black

    static func text(_ text: TextHandle, x: Double, top: Double, pitch: Double, _ colour: Colour = .black) -> Mark {
        Mark(
            kind: .text(text, lines: 0..<text.lineCount, at: Point(x: x, y: top), pitch: pitch), colour: colour)
    }

    /// From left to right at one height.
    static func rule(
        from left: Double, to right: Double, y: Double, width: Double, dash: Double = 0, _ colour: Colour = .black
    ) -> Mark {
        Mark(
            kind: .line(from: Point(x: left, y: y), to: Point(x: right, y: y), width: width, dash: dash),
            colour: colour)
    }

    /// From top to bottom at one place.
    static func upright(x: Double, from top: Double, to bottom: Double, width: Double) -> Mark {
        Mark(kind: .line(from: Point(x: x, y: top), to: Point(x: x, y: bottom), width: width, dash: 0))
    }

    static func box(x: Double, y: Double, side: Double) -> Mark {
        Mark(kind: .box(at: Point(x: x, y: y), size: PageSize(width: side, height: side), line: 0.8))
    }

    /// A barcode with its quiet zones inside `width`, as far left as it goes.
    ///
    /// - Returns: nil when its modules would become too fine for an office printer.
    static func barcode(_ code: Code128, x: Double, top: Double, width: Double, height: Double) -> Mark? {
        let modules = Double(code.moduleCount + 2 * Code128.quietZone)
        let module = min(0.34.mm, width / modules)
        guard module >= 0.21.mm else { return nil }
        var bars: [Bar] = []
        var left = x + Double(Code128.quietZone) * module
        for (index, count) in code.widths.enumerated() {
            let width = Double(count) * module
            if index.isMultiple(of: 2) { bars.append(Bar(x: left, width: width)) }
            left += width
        }
        return Mark(kind: .bars(bars, top: top, height: height))
    }
}

struct Point: Sendable {
    let x: Double
    let y: Double
}

/// Of a page or a box, in points.
struct PageSize: Sendable {
    let width: Double
    let height: Double

    /// ISO 216: 210 by 297 mm.
    static let portraitA4 = PageSize(width: 210.0.mm, height: 297.0.mm)
    static let landscapeA4 = PageSize(width: 297.0.mm, height: 210.0.mm)
}

/// Each part 0 to 1.
struct Colour: Sendable {
    let red: Double
    let green: Double
    let blue: Double

    static let black = Colour(red: 0, green: 0, blue: 0)
    static let grey = Colour(red: 0.3, green: 0.3, blue: 0.3)
    /// Of an office's name at the head (GB/T 9704).
    static let red = Colour(red: 0.82, green: 0, blue: 0)
}

extension Double {
    /// Millimetres in points.
    var mm: Double { self * 72 / 25.4 }
}
