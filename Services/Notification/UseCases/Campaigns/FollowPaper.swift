import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// What becomes of letters and of inquiries, and what follows for the lines of their people.
struct FollowPaper: Sendable {
    let endpoint: MessageEndpoint
    let seal: ContactSeal
    let print: PrintLetters
    let templates: TemplateStore
    let clock: ProgrammeClock

    private static let batchUnknown = Refusal.unknown(
        "letter.batch", zh: "没有这批信件，请核对编号。", en: "There is no such batch of letters: check its id.")
    private static let unknown = Refusal.unknown(
        "letter.unknown", zh: "没有这个编号的信件，请核对信上的编号。",
        en: "There is no letter of this number: check what is printed on it.")
    private static let notPosted = Refusal.conflict(
        "letter.state", zh: "该信件现在的状态不能这样登记：先装批打印，再登记交寄，最后登记结果。",
        en: "Not in this state: a letter is printed in a batch, then posted, then its result is recorded.")

    /// - Throws: ``Refusal``.
    func put(_ new: CampaignAPI.NewLetterBatch, by principal: String) async throws -> CampaignAPI.LetterBatch {
        let most = new.most ?? 200
        guard (1...500).contains(most) else { throw Refusal.number("每批信件数", "letters in a batch", 1...500) }
        let words = try await self.templates.letter()
        return try await self.endpoint.transaction { work in
            guard let campaign = try await CampaignStore(sql: work.sql).locked(new.campaign) else {
                throw Refusal.campaignUnknown
            }
            let store = LetterStore(sql: work.sql)
            let known = try await store.batch(new.id)
            if known == nil, campaign.state != .running { throw Refusal.campaignState(campaign.state) }
            let now = self.clock.now()
            try await store.put(new, most: most, words: words.version, by: principal, at: now)
            if known == nil {
                // What no printer prints holds up nobody else's letter, and its person goes on to the next step.
                let unprintable = try await self.print.unprintable(
                    try await store.contacts(new.id), words: words.template, at: now)
                let people = try await store.give(up: unprintable, by: principal, at: now)
                try await CampaignProgress(sql: work.sql).wake(people.map { (new.campaign, $0) }, at: now)
            }
            guard let batch = try await store.batch(new.id), batch.campaign == new.campaign else {
                throw Refusal.conflict(
                    "letter.batch_id", zh: "该编号已用于另一批信件，请换一个编号。", en: "Another batch has this id: use a new one.")
            }
            guard !batch.letters.isEmpty else {
                throw Refusal.conflict(
                    "letter.none", zh: "现在没有待寄的信件。", en: "No letter is due now.")
            }
            return batch
        }
    }

    func batch(_ id: UUID) async throws -> CampaignAPI.LetterBatch {
        try await self.endpoint.transaction { work in
            guard let batch = try await LetterStore(sql: work.sql).batch(id) else { throw Self.batchUnknown }
            return batch
        }
    }

    /// - Returns: the letter as it is now.
    func post(_ number: String, _ posting: CampaignAPI.Posting, by principal: String) async throws -> CampaignAPI.Letter
    {
        let tracking = PlainText.trimmed(posting.trackingNumber).uppercased()
        guard (8...20).contains(tracking.count),
            tracking.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) })
        else {
            throw Refusal.invalid(
                "letter.tracking", zh: "挂号号码应为8至20位字母和数字，请核对。",
                en: "A tracking number has 8 to 20 letters and digits: check it.")
        }
        return try await self.endpoint.transaction { work in
            let now = self.clock.now()
            let store = LetterStore(sql: work.sql)
            guard let letter = try await store.locked(number) else { throw Self.unknown }
            if letter.state == .posted, letter.tracking == tracking { return letter.shown }
            // A letter that is not needed any more may have left all the same.
            guard [.printed, .posted, .void].contains(letter.state) else { throw Self.notPosted }
            guard try await store.post(number, tracking: tracking, by: principal, at: now) else {
                throw Refusal.conflict(
                    "letter.tracking_taken", zh: "该挂号号码已登记在另一封信上，请核对。",
                    en: "Another letter has this tracking number: check it.")
            }
            try await CampaignProgress(sql: work.sql).wake([(letter.campaign, letter.person)], at: now)
            return try await store.locked(number)?.shown ?? letter.shown
        }
    }

    func end(_ number: String, _ news: CampaignAPI.LetterNews, by principal: String) async throws -> CampaignAPI.Letter
    {
        try await self.endpoint.transaction { work in
            let now = self.clock.now()
            let store = LetterStore(sql: work.sql)
            guard let letter = try await store.locked(number) else { throw Self.unknown }
            if letter.state == .ended, letter.result == news.result { return letter.shown }
            guard letter.state == .posted else { throw Self.notPosted }
            try await store.end(number, news.result, by: principal, at: now)
            if let outcome = news.result.outreach {
                let evidence = UUIDv7.generate()
                try await CampaignStore(sql: work.sql).note(
                    evidence, try self.seal.seal("\(number) \(news.result.chinese)", id: evidence), letter.person,
                    of: letter.campaign, by: principal, at: now)
                try await CampaignProgress(sql: work.sql).end(
                    [
                        CampaignProgress.Sign(
                            person: letter.person, outcome: outcome, evidence: .letter, evidenceID: evidence,
                            by: principal)
                    ], at: now)
            } else {
                if news.result.retiresAddress { try await store.retireAddress(of: letter.person) }
                try await CampaignProgress(sql: work.sql).wake([(letter.campaign, letter.person)], at: now)
            }
            return try await store.locked(number)?.shown ?? letter.shown
        }
    }

    /// - Parameter station: of the caller; nil for the whole district.
    func inquiries(station: String?, limit: Int) async throws -> CampaignAPI.Inquiries {
        try await self.endpoint.transaction { work in
            CampaignAPI.Inquiries(
                inquiries: try await InquiryStore(sql: work.sql).open(station: station, limit: limit))
        }
    }

    /// Which station an inquiry is with.
    func station(of inquiry: UUID) async throws -> (station: String, person: UUID)? {
        try await self.endpoint.transaction { work in
            try await InquiryStore(sql: work.sql).locked(inquiry).map { ($0.station, $0.person) }
        }
    }

    func answer(_ id: UUID, _ answer: CampaignAPI.InquiryAnswer, by principal: String) async throws {
        let evidence = PlainText.trimmed(answer.evidence)
        guard PlainText.isPrintable(evidence, length: 1...200) else {
            throw Refusal.text("由谁答复、答复内容", "who answered what", most: 200)
        }
        if let outcome = answer.outcome, !outcome.isRecordedByStaff { throw Refusal.outcomeNotByHand }
        let note = UUIDv7.generate()
        let sealed = try self.seal.seal(evidence, id: note)
        try await self.endpoint.transaction { work in
            let now = self.clock.now()
            let store = InquiryStore(sql: work.sql)
            guard let inquiry = try await store.locked(id) else {
                throw Refusal.unknown(
                    "inquiry.unknown", zh: "没有这件协查，请核对编号。", en: "There is no such inquiry: check its id.")
            }
            guard inquiry.isOpen else {
                throw Refusal.conflict("inquiry.ended", zh: "这件协查已有结果。", en: "This inquiry has been answered already.")
            }
            try await CampaignStore(sql: work.sql).note(
                note, sealed, inquiry.person, of: inquiry.campaign, by: principal, at: now)
            try await store.answer(id, answer.outcome, by: principal, at: now)
            let progress = CampaignProgress(sql: work.sql)
            if let outcome = answer.outcome {
                try await progress.end(
                    [
                        CampaignProgress.Sign(
                            person: inquiry.person, outcome: outcome, evidence: .inquiry, evidenceID: note,
                            by: principal)
                    ], at: now)
            } else {
                try await progress.wake([(inquiry.campaign, inquiry.person)], at: now)
            }
        }
    }
}

extension CampaignAPI.LetterResult {
    /// Whether nobody lives there by that name.
    fileprivate var retiresAddress: Bool {
        switch self {
        case .returnedUnknown, .returnedMoved, .returnedAddress: true
        case .signedByPerson, .signedByFamily, .signedByOther, .returnedUnclaimed, .returnedRefused, .lost,
            .unprintable:
            false
        }
    }
}
