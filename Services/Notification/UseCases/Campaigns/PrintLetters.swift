import Access
import AccessJournal
import CardProgramme
import Contracts
import FoundationEssentials
import Letters
import Messaging
import NIOPosix

/// Makes the PDFs of a batch of letters: the letters themselves, and the list that goes to the post office with them.
struct PrintLetters: Sendable {
    /// Which of the two.
    enum Document: String, Sendable {
        case letters
        case addresses
    }

    let endpoint: MessageEndpoint
    let seal: ContactSeal
    let journal: AccessJournal
    let templates: TemplateStore
    let office: LetterOffice

    /// The same batch is printed alike again, without those who are accounted for meanwhile.
    func callAsFunction(
        _ document: Document, of batch: CampaignAPI.LetterBatch, for principal: Principal, purpose: LookPurpose?
    ) async throws -> Data {
        let contacts = try await self.endpoint.transaction { work in
            try await LetterStore(sql: work.sql).contacts(batch.id)
        }
        guard !contacts.isEmpty else {
            throw Refusal.conflict(
                "letter.none_left", zh: "这批信件都已不需要寄送。", en: "No letter of this batch is needed any more.")
        }
        try await self.journal.note(.contact, of: contacts.map(\.person), by: principal, purpose: purpose)
        let words = try await self.templates.letter(batch.words).template
        let letters = try contacts.map { contact in
            self.letter(
                contact.number, try self.seal.open(contact.details, person: contact.person), words, on: batch.madeAt)
        }
        let pages = self.batch(letters, batch.id, on: batch.madeAt)
        return try await Self.typeset {
            switch document {
            case .letters: try pages.lettersPDF()
            case .addresses: try pages.addressSheetPDF()
            }
        }
    }

    /// Laying out letters takes milliseconds each: not on a thread that serves others.
    private static func typeset<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        do {
            return try await NIOThreadPool.singleton.runIfActive(work)
        } catch let error as LetterError {
            let (zh, en) = BothLanguages.split("\(error)")
            throw Refusal.conflict(
                "letter.unprintable", zh: "这批信件无法打印：\(zh)", en: "This batch cannot be printed: \(en)")
        }
    }

    private static let specimen = "SPECIMEN-1"

    /// A letter as long as they come, in these words.
    ///
    /// - Throws: ``Refusal`` where no printer prints them: they would spoil everybody's letter.
    func check(_ words: MessageTemplate, on date: Date) async throws {
        let details = ContactDetails(
            name: "阿卜杜拉·买买提明", phones: [], address: "安徽省亳州市谯城区花戏楼街道测试社区测试路100号测试小区1号楼1单元101室")
        let batch = self.batch([self.letter(Self.specimen, details, words, on: date)], UUID(), on: date)
        let pages: Int
        do {
            pages = try await Self.typeset {
                if let fault = try batch.faults().first { throw fault }
                return try batch.writeLetters { _ in }
            }
        } catch let refusal as Refusal {
            // Of the letter, not of the specimen.
            func words(_ text: String) -> String {
                text.split(separator: "\(Self.specimen)").last.map(String.init) ?? text
            }
            throw Refusal.invalid(
                "template.unprintable", zh: "信件无法打印\(words(refusal.zh).trimmingPrefix("）"))",
                en: "The letter cannot be printed\(words(refusal.en).trimmingPrefix(")"))")
        }
        guard pages <= 2, !words.paragraphs([:]).contains(where: { $0.allSatisfy(\.isWhitespace) }) else {
            throw Refusal.invalid(
                "template.unprintable", zh: "信件连回执最多两页，每段都要有文字，请精简。",
                en: "A letter has two pages at most with its slip, and no empty paragraph: shorten it.")
        }
    }

    /// Those that no printer prints: a name in characters no font has, an address that is empty.
    func unprintable(
        _ contacts: [(number: String, person: UUID, details: [UInt8])], words: MessageTemplate, at now: Date
    ) async throws -> [String] {
        var unreadable: [String] = []
        let letters = contacts.compactMap { contact -> Letter? in
            // One file that cannot be opened holds back nobody else's letter.
            guard let details = try? self.seal.open(contact.details, person: contact.person) else {
                unreadable.append(contact.number)
                return nil
            }
            return self.letter(contact.number, details, words, on: now)
        }
        guard !letters.isEmpty else { return unreadable }
        let batch = self.batch(letters, UUID(), on: now)
        return unreadable
            + (try await Self.typeset {
                let faults = try batch.faults()
                // Words nobody can print are nobody's letter's fault: none of them is given up for it.
                if let fault = faults.first(where: \.isOfWords) { throw fault }
                return faults.compactMap(\.number)
            })
    }

    private func batch(_ letters: [Letter], _ id: UUID, on date: Date) -> LetterBatch {
        LetterBatch(
            name: "\(CalendarDay(date))-\(id.uuidString.prefix(4))", office: self.office, date: CalendarDay(date),
            letters: letters)
    }

    private func letter(
        _ number: String, _ details: ContactDetails, _ words: MessageTemplate, on date: Date
    ) -> Letter {
        Letter(
            number: number,
            recipient: Letter.Recipient(name: details.name, address: details.address.map { [$0] } ?? []),
            paragraphs: words.paragraphs([.name: details.name, .telephone: self.office.telephone]),
            date: CalendarDay(date))
    }
}
