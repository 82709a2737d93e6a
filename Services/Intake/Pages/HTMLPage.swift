/// A page of A4 for the printer: no script, nothing fetched from elsewhere.
enum HTMLPage {
    static func a4(title: String, body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="zh-Hans"><head><meta charset="utf-8"><title>\(HTMLText.escaped(title))</title><style>
        \(Self.style)
        </style></head><body>
        \(body)</body></html>

        """
    }

    /// Sizes are those of paper. Song type for what is printed, Hei for headings, as such forms have them; whatever of these
    /// the machine has is taken.
    private static let style = """
        @page { size: A4; margin: 16mm 18mm 14mm; }
        * { box-sizing: border-box; }
        html { font: 10.5pt/1.5 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, "Songti SC", serif; color: #000; background: #fff; }
        body { margin: 0 auto; width: 174mm; }
        @media screen { body { padding: 16mm 0; } }
        h1 { font: 700 17pt/1.3 "Noto Sans CJK SC", "Source Han Sans SC", SimHei, "Heiti SC", sans-serif; text-align: center; letter-spacing: .06em; margin: 0; }
        .en, small { font: 7.5pt/1.3 "Noto Serif", "Times New Roman", serif; color: #444; }
        small { display: block; font-weight: 400; letter-spacing: 0; }
        header .en { text-align: center; margin: 1mm 0 4mm; }
        .line, footer { display: flex; justify-content: space-between; gap: 4mm; margin: 0 0 1.5mm; font-size: 9.5pt; }
        table { width: 100%; border-collapse: collapse; table-layout: fixed; border: 1.2pt solid #000; }
        th, td { border: .6pt solid #000; padding: 1.6mm 2mm; text-align: center; vertical-align: middle; height: 11mm; font-weight: 400; overflow-wrap: anywhere; }
        th { background: #fff; }
        col.l { width: 30mm; } col.p { width: 34mm; }
        td.photo { padding: 1mm; color: #777; } td.photo img { width: 32mm; height: 40mm; display: block; margin: 0 auto; }
        td.say { text-align: left; padding: 2.5mm 3mm 1.5mm; } td.say p { margin: 0 0 1.6mm; text-indent: 2em; }
        td.say p.en, td.say p.sign { text-indent: 0; } td.tall p { margin-bottom: 3mm; }
        td.office { height: 21mm; vertical-align: bottom; }
        p.sign { display: flex; justify-content: flex-end; gap: 4mm; margin: 3mm 0 0; white-space: nowrap; }
        p.sign i { display: inline-block; width: 30mm; border-bottom: .6pt solid #000; }
        footer { margin-top: 2mm; font-size: 8pt; color: #333; } footer span:not(:last-child) { white-space: nowrap; } footer b { font: 700 10pt monospace; letter-spacing: .05em; }
        table.empty th, table.empty td { height: 12.5mm; } table.empty td { text-align: left; }
        td.boxes label { display: inline-block; min-width: 44mm; margin: .5mm 2mm .5mm 0; }
        td.digits i { display: inline-block; width: 6.6mm; height: 8mm; border: .6pt solid #000; margin-right: .6mm; vertical-align: middle; }
        tr { break-inside: avoid; }
        """
}

enum HTMLText {
    /// For text between tags and inside quoted attributes.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
