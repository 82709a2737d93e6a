import CPango

/// How a text is set. Lengths are in points.
struct TextStyle: Sendable {
    enum Alignment: Sendable {
        case left
        case centre
        case right
    }

    /// Height of a character's square.
    var size: Double
    var isBold = false
    /// Where lines break; nil for one line as long as the text.
    var width: Double?
    var alignment = Alignment.left
    /// Of a paragraph's first line.
    var indent = 0.0
    /// Whether lines are spread to the whole width; the last one is not.
    var isJustified = false
}

/// A text that is laid out: the owner of one `PangoLayout`, of the thread that made it.
@safe final class TextHandle {
    let style: TextStyle
    private let layout: OpaquePointer

    init(owning layout: OpaquePointer, _ style: TextStyle) {
        unsafe self.layout = layout
        self.style = style
    }

    deinit { unsafe g_object_unref(UnsafeMutableRawPointer(self.layout)) }

    var lineCount: Int { unsafe Int(pango_layout_get_line_count(self.layout)) }

    /// Of the longest line, in points.
    var width: Double {
        var extents = PangoRectangle()
        unsafe pango_layout_get_extents(self.layout, nil, &extents)
        return Double(extents.width) / Double(PANGO_SCALE)
    }

    /// Characters that no font has: they would be printed as boxes with numbers in them.
    var unknownGlyphs: Int { unsafe Int(pango_layout_get_unknown_glyphs_count(self.layout)) }

    /// Draws some of the lines, the first below `top`, each in a slot of its own of the height `pitch`: how high a font
    /// says it is does not matter, so that a rare character from another font moves no line.
    ///
    /// - Parameter cairo: a `cairo_t` of the same thread.
    func draw(_ lines: Range<Int>, in cairo: OpaquePointer, x: Double, top: Double, pitch: Double) {
        guard let iterator = unsafe pango_layout_get_iter(self.layout) else { return }
        defer { unsafe pango_layout_iter_free(iterator) }
        var index = 0
        repeat {
            defer { index += 1 }
            guard lines.contains(index) else { continue }
            var extents = PangoRectangle()
            unsafe pango_layout_iter_get_line_extents(iterator, nil, &extents)
            // The middle of a Chinese character lies 0.38 of its size above the line it stands on (ascent 0.88).
            let baseline = top + (Double(index - lines.lowerBound) + 0.5) * pitch + 0.38 * self.style.size
            unsafe cairo_move_to(cairo, x + Double(extents.x) / Double(PANGO_SCALE), baseline)
            unsafe pango_cairo_show_layout_line(cairo, pango_layout_iter_get_line_readonly(iterator))
        } while unsafe pango_layout_iter_next_line(iterator) != 0
    }
}
