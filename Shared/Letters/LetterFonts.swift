/// Where the fonts of letters lie: Noto Serif CJK has the characters in use, Hanazono (CJK Extensions B to F) those of rare names.
package struct LetterFonts: Hashable, Sendable {
    /// Searched with the folders in them.
    package var directories: [String]
    /// Where fontconfig keeps what it knows of fonts; without it every call reads all of them, which takes seconds.
    package var cache: String

    /// As the packages `fonts-noto-cjk` and `fonts-hanazono` install them.
    package static let debian = LetterFonts(
        directories: ["/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype/hanazono"],
        cache: "/var/cache/fontconfig")

    /// In the order in which a character is looked for.
    package static let families = ["Noto Serif CJK SC", "HanaMinA", "HanaMinB"]

    package init(directories: [String], cache: String) {
        self.directories = directories
        self.cache = cache
    }

    /// For fontconfig. Two weights and the rare characters, whatever else lies beside them.
    var configuration: String {
        """
        <?xml version="1.0"?>
        <fontconfig>
          \(self.directories.map { "<dir>\(Self.escaped($0))</dir>" }.joined())
          <cachedir>\(Self.escaped(self.cache))</cachedir>
          <selectfont>
            <acceptfont>
              <glob>*/NotoSerifCJK-Regular.ttc</glob>
              <glob>*/NotoSerifCJK-Bold.ttc</glob>
              <glob>*/HanaMin?.ttf</glob>
            </acceptfont>
            <rejectfont><glob>*</glob></rejectfont>
          </selectfont>
        </fontconfig>
        """
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            default: result.append(character)
            }
        }
        return result
    }
}
