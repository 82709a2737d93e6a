/// A Code 128 barcode (ISO/IEC 15417) of printable ASCII, as widths of bars and gaps.
///
/// Runs of digits are put two into one symbol (set C) where that makes the code shorter, everything else one (set B).
package struct Code128: Hashable, Sendable {
    /// Symbol values with start symbol and check symbol, without the stop pattern.
    package let symbols: [Int]

    /// White modules that readers need on each side.
    package static let quietZone = 10
    /// Longer ones fit no letter.
    package static let mostCharacters = 24

    /// Nil for an empty text, for one of more than ``mostCharacters``, and for anything but ASCII from space to tilde.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...Self.mostCharacters).contains(bytes.count), bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            return nil
        }
        var symbols: [Int] = []
        var place = 0
        while place < bytes.count {
            let digits = bytes[place...].prefix { (0x30...0x39).contains($0) }.count
            let isAtEdge = place == 0 || place + digits == bytes.count
            // A change of the set costs a symbol, and another one back (ISO/IEC 15417, annex E): four digits at an edge
            // are worth it, six in between, and a code of two digits alone.
            let isWorthIt = digits >= (isAtEdge ? 4 : 6) || (digits == 2 && bytes.count == 2)
            if isWorthIt, digits.isMultiple(of: 2) || place == 0 {
                symbols.append(symbols.isEmpty ? Self.startC : Self.changeToC)
                for _ in 0..<(digits / 2) {
                    symbols.append(Int(bytes[place] - 0x30) * 10 + Int(bytes[place + 1] - 0x30))
                    place += 2
                }
                if place < bytes.count { symbols.append(Self.changeToB) }
            } else {
                // Of an odd number of digits the first stays single.
                if symbols.isEmpty { symbols.append(Self.startB) }
                symbols.append(Int(bytes[place]) - 0x20)
                place += 1
            }
        }
        let sum = symbols.enumerated().reduce(0) { $0 + max($1.offset, 1) * $1.element }
        self.symbols = symbols + [sum % 103]
    }

    /// Modules of bars and gaps in turn, beginning and ending with a bar, without the quiet zones.
    package var widths: [Int] { self.symbols.flatMap { Self.widths(of: $0) } + [2, 3, 3, 1, 1, 1, 2] }

    /// Modules in all, without the quiet zones.
    package var moduleCount: Int { self.symbols.count * 11 + 13 }

    private static let changeToB = 100
    private static let changeToC = 99
    private static let startB = 104
    private static let startC = 105

    private static func widths(of symbol: Int) -> [Int] {
        let start = Self.patterns.utf8.index(Self.patterns.utf8.startIndex, offsetBy: symbol * 6)
        return Self.patterns.utf8[start...].prefix(6).map { Int($0) - 0x30 }
    }

    /// Six digits a symbol, 0 to 105: bar, gap, bar, gap, bar, gap (ISO/IEC 15417, table 1).
    private static let patterns = """
        212222222122222221121223121322131222122213122312132212221213\
        221312231212112232122132122231113222123122123221223211221132\
        221231213212223112312131311222321122321221312212322112322211\
        212123212321232121111323131123131321112313132113132311211313\
        231113231311112133112331132131113123113321133121313121211331\
        231131213113213311213131311123311321331121312113312311332111\
        314111221411431111111224111422121124121421141122141221112214\
        112412122114122411142112142211241211221114413111241112134111\
        111242121142121241114212124112124211411212421112421211212141\
        214121412121111143111341131141114113114311411113411311113141\
        114131311141411131211412211214211232
        """
}
