import CardProgramme
import FoundationEssentials

/// Letters of one office that are printed and posted together: one PDF of all letters in their order, and the list that goes
/// to the post office with them.
///
/// A value that may be shared freely. Each call makes fonts, layouts and pages of its own on the calling thread and frees them
/// before it returns, so that any number of calls may run at once. They do not suspend and take a few milliseconds a letter:
/// large batches belong into a task of their own. Cancelling its task ends a call between two letters.
///
/// The same batch gives the same bytes, with the same versions of cairo, Pango and the two font packages. Fonts are embedded
/// as far as they are used, and every text can be selected and searched. Memory does not grow with the number of letters, when
/// they are written piece by piece: what is kept is which characters of the fonts were used.
package struct LetterBatch: Hashable, Sendable {
    /// How sheets are printed.
    package enum Sides: String, Hashable, Sendable, CaseIterable {
        case one
        /// Both: an empty page follows a letter of an odd number of pages, so that every letter begins a sheet.
        case two
    }

    /// Printed on the list and kept as the title of both files: “2022年第三批”. Nothing of a person.
    package var name: String
    package var office: LetterOffice
    /// The day the batch is posted, and the day the files say they were made.
    package var date: CalendarDay
    /// In the order of printing.
    package var letters: [Letter]
    package var sides: Sides
    package var fonts: LetterFonts

    /// A letter of more pages is refused.
    package static let mostPages = 4
    /// More than this no four pages hold, and it is not laid out to find that out.
    static let mostParagraphBytes = 12_000

    package init(
        name: String, office: LetterOffice, date: CalendarDay, letters: [Letter], sides: Sides = .one,
        fonts: LetterFonts = .debian
    ) {
        self.name = name
        self.office = office
        self.date = date
        self.letters = letters
        self.sides = sides
        self.fonts = fonts
    }

    /// Everything that keeps letters from being printed: the first fault of every letter that has one. Costs about as much as
    /// printing.
    ///
    /// - Throws: ``LetterError`` when the office, the batch or the machine is at fault, and with it all letters;
    ///   `CancellationError`.
    package func faults() throws -> [LetterError] {
        let (typesetter, composer) = try self.begin()
        let sheet = AddressSheetComposer(self, typesetter)
        _ = try sheet.emptyPage()
        var numbers: Set<String> = []
        var faults: [LetterError] = []
        for (index, letter) in self.letters.enumerated() {
            try Task.checkCancellation()
            do {
                guard numbers.insert(letter.number).inserted else { throw LetterError(.repeatedNumber) }
                _ = try composer.pages(letter)
                try sheet.check(index)
            } catch let error as LetterError {
                guard error.isOfOneLetter else { throw error }
                faults.append(error.of(letter, at: index + 1))
            }
        }
        return faults
    }

    /// Writes the PDF of all letters, piece by piece as pages are done.
    ///
    /// - Parameter sink: takes bytes in order, on this thread; what it throws ends the call.
    /// - Returns: the number of pages, empty ones included.
    /// - Throws: ``LetterError`` for the first letter that cannot be printed (what the sink has got is then no PDF: ask
    ///   ``faults()`` before, and write to a temporary file); `CancellationError`; what `sink` throws.
    package func writeLetters(to sink: (_ bytes: [UInt8]) throws -> Void) throws -> Int {
        let (_, composer) = try self.begin()
        let pdf = try PDFHandle(
            size: .portraitA4, title: self.name, author: self.office.name, created: self.created)
        var numbers: Set<String> = []
        var count = 0
        for (index, letter) in self.letters.enumerated() {
            try Task.checkCancellation()
            var pages: [[Mark]]
            do throws(LetterError) {
                guard numbers.insert(letter.number).inserted else { throw LetterError(.repeatedNumber) }
                pages = try composer.pages(letter)
            } catch {
                throw error.of(letter, at: index + 1)
            }
            if self.sides == .two, !pages.count.isMultiple(of: 2) { pages.append([]) }
            for page in pages {
                pdf.draw(page)
                try pdf.endPage()
            }
            count += pages.count
            try Self.hand(pdf.take(), to: sink)
        }
        try pdf.finish()
        try Self.hand(pdf.take(), to: sink)
        return count
    }

    /// Writes the PDF of the list for the post office (投递清单): number, name, address and letter number of each letter, with
    /// columns for the registered number and for what became of it. It shows names and addresses of all.
    ///
    /// - Parameter sink: as with ``writeLetters(to:)``.
    /// - Returns: the number of pages.
    /// - Throws: as with ``writeLetters(to:)``; texts of letters are not looked at.
    package func writeAddressSheet(to sink: (_ bytes: [UInt8]) throws -> Void) throws -> Int {
        let (typesetter, _) = try self.begin()
        let sheet = AddressSheetComposer(self, typesetter)
        let pages = try sheet.pages()
        let pdf = try PDFHandle(
            size: .landscapeA4, title: "\(self.name) 函件投递清单", author: self.office.name, created: self.created)
        for (index, letters) in pages.enumerated() {
            try Task.checkCancellation()
            pdf.draw(try sheet.page(letters, number: index + 1, of: pages.count))
            try pdf.endPage()
            try Self.hand(pdf.take(), to: sink)
        }
        try pdf.finish()
        try Self.hand(pdf.take(), to: sink)
        return pages.count
    }

    /// All letters in memory: about 0.6 MB of fonts, and 2 to 5 kB a letter; see ``writeLetters(to:)``.
    package func lettersPDF() throws -> Data {
        var data = Data()
        _ = try self.writeLetters { data.append(contentsOf: $0) }
        return data
    }

    /// The list in memory; see ``writeAddressSheet(to:)``.
    package func addressSheetPDF() throws -> Data {
        var data = Data()
        _ = try self.writeAddressSheet { data.append(contentsOf: $0) }
        return data
    }

    /// Whether a text may be a letter's number: capital letters, digits and hyphens.
    package static func isNumber(_ text: String) -> Bool {
        (1...Code128.mostCharacters).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private var created: String { "\(self.date)T00:00:00+08:00" }

    private func begin() throws(LetterError) -> (Typesetter, LetterComposer) {
        guard !self.letters.isEmpty else { throw LetterError(.emptyBatch) }
        try Typesetter.check(self.name, .batchName)
        let typesetter = try Typesetter(self.fonts)
        return (typesetter, try LetterComposer(self.office, typesetter))
    }

    private static func hand(_ bytes: [UInt8], to sink: (_ bytes: [UInt8]) throws -> Void) throws {
        if !bytes.isEmpty { try sink(bytes) }
    }
}
