import CPango

/// A PDF that is being written: the owner of a cairo surface and of what it has written and nobody has taken yet.
///
/// Of one thread. Lengths are in points (1/72 inch) from the upper left corner.
@safe struct PDFHandle: ~Copyable {
    /// Where cairo puts what it writes; it must not throw through C, so that it is handed on between two pages.
    private final class Output {
        var bytes: [UInt8] = []
    }

    private let surface: OpaquePointer
    private let cairo: OpaquePointer
    private let output: Output

    /// - Parameter created: ISO 8601 with the time zone. Without it cairo would write the clock's, and two runs would differ.
    init(size: PageSize, title: String, author: String, created: String) throws(LetterError) {
        let output = Output()
        let surface = unsafe cairo_pdf_surface_create_for_stream(
            { closure, data, count in
                guard let closure = unsafe closure, let data = unsafe data else { return CAIRO_STATUS_WRITE_ERROR }
                let output = unsafe Unmanaged<Output>.fromOpaque(closure).takeUnretainedValue()
                unsafe output.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(output).toOpaque(), size.width, size.height)
        guard let surface = unsafe surface else { throw LetterError(.library) }
        guard let cairo = unsafe cairo_create(surface) else {
            unsafe cairo_surface_destroy(surface)
            throw LetterError(.library)
        }
        unsafe self.surface = surface
        unsafe self.cairo = cairo
        self.output = output
        unsafe cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
        unsafe cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, author)
        unsafe cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created)
    }

    deinit {
        unsafe cairo_destroy(self.cairo)
        // Finishes first, if it is not finished: `output` lives until this has returned.
        unsafe cairo_surface_destroy(self.surface)
        withExtendedLifetime(self.output) {}
    }

    /// What was written since the last call.
    func take() -> [UInt8] {
        defer { self.output.bytes.removeAll(keepingCapacity: true) }
        return self.output.bytes
    }

    /// Ends a page; drawing goes on upon the next.
    func endPage() throws(LetterError) {
        unsafe cairo_show_page(self.cairo)
        try self.check()
    }

    /// Writes fonts and the table of contents. Nothing may be drawn after it.
    func finish() throws(LetterError) {
        try self.check()
        unsafe cairo_surface_finish(self.surface)
        guard unsafe cairo_surface_status(self.surface) == CAIRO_STATUS_SUCCESS else { throw LetterError(.library) }
    }

    private func check() throws(LetterError) {
        guard unsafe cairo_status(self.cairo) == CAIRO_STATUS_SUCCESS,
            unsafe cairo_surface_status(self.surface) == CAIRO_STATUS_SUCCESS
        else { throw LetterError(.library) }
    }

    // MARK: - Drawing

    /// Draws what a page was composed of.
    func draw(_ page: [Mark]) {
        for mark in page {
            let colour = mark.colour
            unsafe cairo_set_source_rgb(self.cairo, colour.red, colour.green, colour.blue)
            switch mark.kind {
            case .text(let text, let lines, let place, let pitch):
                unsafe text.draw(lines, in: self.cairo, x: place.x, top: place.y, pitch: pitch)
            case .line(let start, let end, let width, let dash):
                unsafe cairo_set_line_width(self.cairo, width)
                unsafe cairo_set_dash(self.cairo, [dash, dash], dash > 0 ? 2 : 0, 0)
                unsafe cairo_move_to(self.cairo, start.x, start.y)
                unsafe cairo_line_to(self.cairo, end.x, end.y)
                unsafe cairo_stroke(self.cairo)
            case .box(let place, let size, let width):
                unsafe cairo_set_line_width(self.cairo, width)
                unsafe cairo_set_dash(self.cairo, nil, 0, 0)
                unsafe cairo_rectangle(self.cairo, place.x, place.y, size.width, size.height)
                unsafe cairo_stroke(self.cairo)
            case .bars(let bars, let top, let height):
                for bar in bars { unsafe cairo_rectangle(self.cairo, bar.x, top, bar.width, height) }
                unsafe cairo_fill(self.cairo)
            }
        }
    }
}
