/// Divides lines among pages. Pure: what it decides depends on the counts alone.
package enum LetterFlow {
    /// One line of a paragraph: which, of how many.
    package struct Line: Hashable, Sendable {
        let index: Int
        let count: Int

        package init(index: Int, count: Int) {
            self.index = index
            self.count = count
        }
    }

    /// Which lines stand on which page.
    ///
    /// The signature (`tail`, in lines) stays whole and never stands on a page of its own: two lines of text go with it. No
    /// page ends with the first line of a paragraph or begins with the last, as far as a page has room to give.
    package static func pages(_ lines: [Line], tail: Int, first: Int, next: Int) -> [Range<Int>] {
        var pages: [Range<Int>] = []
        var start = 0
        while true {
            let room = max(pages.isEmpty ? first : next, tail + 2)
            let left = lines.count - start
            if left + tail <= room {
                pages.append(start..<lines.count)
                return pages
            }
            var end = min(start + room, lines.count - 2)
            // More than three lines of a page are not given up for looks.
            let least = max(start + 1, end - 3)
            while end > least, !Self.mayBreak(before: lines[end]) { end -= 1 }
            end = max(end, start + 1)
            pages.append(start..<end)
            start = end
        }
    }

    private static func mayBreak(before line: Line) -> Bool {
        line.index == 0 || (line.index >= 2 && line.index < line.count - 1)
    }
}
