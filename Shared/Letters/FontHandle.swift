import CPango

/// The fonts of one document, loaded from the two packages this library prints with and from nowhere else: what another
/// machine happens to have installed changes no letter, and a character they lack is unknown everywhere.
///
/// Fontconfig, the font map and the context are made for one call and freed with it; nothing is shared between threads.
@safe final class FontHandle {
    private static let families = LetterFonts.families.joined(separator: ",")

    private let configuration: OpaquePointer
    private let map: UnsafeMutablePointer<PangoFontMap>
    private let context: OpaquePointer

    /// - Throws: ``LetterError/Code/fonts(_:)`` when a font is not installed.
    init(_ fonts: LetterFonts) throws(LetterError) {
        guard let configuration = unsafe FcConfigCreate() else { throw LetterError(.library) }
        var text = Array(fonts.configuration.utf8) + [0]
        let isLoaded = unsafe text.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return FcBool(0) }
            return unsafe FcConfigParseAndLoadFromMemory(configuration, start, 1)
        }
        guard isLoaded != 0, unsafe FcConfigBuildFonts(configuration) != 0 else {
            unsafe FcConfigDestroy(configuration)
            throw LetterError(.library)
        }
        let missing = unsafe Self.missing(in: configuration)
        guard missing.isEmpty else {
            unsafe FcConfigDestroy(configuration)
            throw LetterError(.fonts(missing))
        }
        guard let map = unsafe pango_cairo_font_map_new() else {
            unsafe FcConfigDestroy(configuration)
            throw LetterError(.library)
        }
        // Debian's cairo draws with FreeType, so that the font map is one of fontconfig.
        unsafe pango_fc_font_map_set_config(OpaquePointer(map), configuration)
        guard let context = unsafe pango_font_map_create_context(map) else {
            unsafe g_object_unref(map)
            unsafe FcConfigDestroy(configuration)
            throw LetterError(.library)
        }
        unsafe self.configuration = configuration
        unsafe self.map = map
        unsafe self.context = context
        unsafe pango_cairo_context_set_resolution(context, 72)
        unsafe pango_context_set_language(context, pango_language_from_string("zh-cn"))
        unsafe pango_context_set_base_dir(context, PANGO_DIRECTION_LTR)
        unsafe pango_context_set_round_glyph_positions(context, 0)
        // A printer has its own dots: nothing is fitted to those of a screen.
        let options = unsafe cairo_font_options_create()
        unsafe cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        unsafe cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        unsafe pango_cairo_context_set_font_options(context, options)
        unsafe cairo_font_options_destroy(options)
    }

    deinit {
        unsafe g_object_unref(UnsafeMutableRawPointer(self.context))
        unsafe g_object_unref(self.map)
        unsafe FcConfigDestroy(self.configuration)
    }

    private static func missing(in configuration: OpaquePointer) -> [String] {
        var found: Set<String> = []
        if let set = unsafe FcConfigGetFonts(configuration, FcSetSystem) {
            let count = unsafe Int(set.pointee.nfont)
            for index in 0..<count {
                var name: UnsafeMutablePointer<FcChar8>?
                guard let pattern = unsafe set.pointee.fonts[index],
                    unsafe FcPatternGetString(pattern, FC_FAMILY, 0, &name) == FcResultMatch,
                    let name = unsafe name
                else { continue }
                unsafe found.insert(String(cString: name))
            }
        }
        return LetterFonts.families.filter { !found.contains($0) }
    }

    /// Lays a text out; without a width of the style it is one line.
    ///
    /// The caller has made sure that the text has no control characters.
    func text(_ text: String, _ style: TextStyle) throws(LetterError) -> TextHandle {
        guard let layout = unsafe pango_layout_new(self.context) else { throw LetterError(.library) }
        let handle = unsafe TextHandle(owning: layout, style)
        guard let description = unsafe pango_font_description_new() else { throw LetterError(.library) }
        unsafe pango_font_description_set_family(description, Self.families)
        unsafe pango_font_description_set_absolute_size(description, style.size * Double(PANGO_SCALE))
        unsafe pango_font_description_set_weight(
            description, style.isBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        unsafe pango_layout_set_font_description(layout, description)
        unsafe pango_font_description_free(description)
        if let width = style.width {
            unsafe pango_layout_set_width(layout, CInt(width * Double(PANGO_SCALE)))
            unsafe pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
            unsafe pango_layout_set_indent(layout, CInt(style.indent * Double(PANGO_SCALE)))
            unsafe pango_layout_set_justify(layout, style.isJustified ? 1 : 0)
            unsafe pango_layout_set_alignment(
                layout,
                style.alignment == .centre
                    ? PANGO_ALIGN_CENTER : style.alignment == .right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT)
        }
        unsafe pango_layout_set_text(layout, text, -1)
        return handle
    }
}
