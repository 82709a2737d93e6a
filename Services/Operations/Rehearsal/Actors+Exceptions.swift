import Access
import CardProgramme
import Contracts
import FoundationEssentials

/// What people and staff do when it does not go straight.
extension Actors {
    // MARK: Registration

    /// At the counter: a number mistyped is refused and mended, a file that lacks something is completed when the submission
    /// is refused for it (R21). Who comes again with everything is not told apart by the service.
    func registerWithMistakes(_ person: RehearsalPerson) async throws -> Outcome {
        var happened: [RehearsalException] = []
        let form = person.registration
        if self.script.happens(.mistypedNumber, person) {
            var mistyped = form
            let last = form.identityNumber.last == "1" ? "2" : "1"
            mistyped.identityNumber = String(form.identityNumber.dropLast()) + last
            try await self.refused(with: "identity_number_check_character") {
                _ = try await self.registered(mistyped)
            }
            happened.append(.mistypedNumber)
        }
        if self.script.happens(.incompleteFile, person) {
            var incomplete = form
            incomplete.address = nil
            incomplete.fileComplete = false
            let file = try await self.registered(incomplete)
            // A lost answer may have let a later registration through before; then nothing is missing any more.
            if !file.fileComplete {
                try await self.refused(with: "submission.file_incomplete") {
                    _ = try await self.desk.post(
                        .intake, "/api/submissions",
                        IntakeAPI.NewSubmission(
                            personID: file.id, cardKind: person.cardKind, bank: person.bank, channel: .onSite,
                            applicationFormSigned: true, bankConfirmationSigned: true),
                        as: .station, station: person.station, key: "rehearsal-\(file.id)-0",
                        answer: IntakeAPI.Submission.self)
                }
            }
            happened.append(.incompleteFile)
        }
        return .registered(person.index, try await self.registered(form).id, happened)
    }

    private func registered(_ form: IntakeAPI.Registration) async throws -> IntakeAPI.Person {
        try await self.desk.post(
            .intake, "/api/persons", form, as: .station, station: form.station, answer: IntakeAPI.Person.self)
    }

    /// Makes a call that must be refused for this reason; anything else ends the rehearsal.
    private func refused(with code: String, _ call: () async throws -> Void) async throws {
        do {
            try await call()
        } catch let refusal as Desk.Refusal where refusal.code == code {
            return
        }
        throw OperationsError("a service took what it must refuse with \(code)")
    }

    // MARK: Grounds the province judges

    func suspend(_ person: RehearsalPerson, _ file: RehearsalLedger.File) async throws -> Outcome {
        try await self.unlessDone {
            _ = try await self.desk.post(
                .review, "/api/cases/\(try self.id(file))/suspension",
                ReviewAPI.Suspension(round: file.round, ground: .honourHarmed), as: .bureau,
                answer: ReviewAPI.Standing.self)
        }
        return .stage(person.index, .awaitingRuling, .init(step: .rulingRequested, round: file.round))
    }

    /// In a rehearsal the province clears everybody: those it refuses are as many as the city's (N21).
    func rule(_ person: RehearsalPerson, _ file: RehearsalLedger.File, on day: CalendarDay) async throws -> Outcome {
        try await self.unlessDone {
            _ = try await self.desk.post(
                .review, "/api/cases/\(try self.id(file))/ruling",
                ReviewAPI.Ruling(round: file.round, outcome: .cleared, ruledAt: Hour.ruling.instant(on: day)),
                as: .superior, answer: ReviewAPI.Standing.self)
        }
        return .stage(person.index, .awaitingInitialReview, .init(step: .clearedForReview, round: file.round))
    }

    // MARK: Cards

    /// The centre refuses a torn parcel: photograph first, then the receipt that says what is wrong (R92).
    func refuseParcel(_ tracking: String, _ cards: [Int]) async throws -> Outcome {
        try await self.desk.send(
            .issuance, "POST", "/api/parcels/\(tracking)/photos", as: .centre, body: self.script.damagePhoto(cards),
            type: "image/jpeg")
        _ = try await self.desk.post(
            .issuance, "/api/parcels/\(tracking)/receipt",
            IssuanceAPI.ParcelReceipt(
                count: cards.count, envelopeIntact: false, cardsIntact: true, note: "外包装一角撕裂"),
            as: .centre, answer: IssuanceAPI.Parcel.self)
        return .parcelRefused(tracking, cards)
    }

    /// From the centre to the city, to the province, and the province's answer (R93).
    func reportUpward(_ tracking: String, _ cards: [Int]) async throws -> Outcome {
        let steps: [(to: DamageReportState, role: Role, answer: String?)] = [
            (.reportedToCity, .centre, nil), (.reportedToProvince, .superior, nil),
            (.answered, .superior, "同意退回制证单位重新制作"),
        ]
        for step in steps {
            try await self.unlessDone {
                _ = try await self.desk.post(
                    .issuance, "/api/parcels/\(tracking)/report/step",
                    IssuanceAPI.DamageStep(to: step.to, answer: step.answer), as: step.role,
                    answer: IssuanceAPI.DamageReport.self)
            }
        }
        return .reportAnswered(tracking, cards)
    }

    func remake(_ tracking: String, _ cards: [Int], _ ledger: RehearsalLedger) async throws -> Outcome {
        try await self.desk.send(
            .issuance, "POST", "/api/traces", as: .bureau, key: "remake-\(tracking)",
            body: try ContractCoding.encode(
                IssuanceAPI.TraceSettlement(
                    submissions: try cards.map { try self.id(ledger.files[$0]) }, outcome: .remade,
                    reason: "省中心答复后重新制作")))
        return .remade(cards)
    }

    /// Station to centre, after three months (N25).
    func sendBack(_ person: RehearsalPerson, _ file: RehearsalLedger.File) async throws -> Outcome {
        try await self.passUp(file, from: .station, to: .centre, person, "1")
        return .stage(person.index, .backAtCentre, .init(step: .returnedToCentre, round: file.round))
    }

    /// Centre to city, city to province.
    func sendFurther(_ person: RehearsalPerson, _ file: RehearsalLedger.File) async throws -> Outcome {
        try await self.passUp(file, from: .centre, to: .superior, person, "2")
        try await self.passUp(file, from: .superior, to: .superior, person, "3")
        return .stage(person.index, .backAtProvince, .init(step: .returnedToProvince, round: file.round))
    }

    private func passUp(
        _ file: RehearsalLedger.File, from: Role, to: Role, _ person: RehearsalPerson, _ hop: String
    ) async throws {
        let id = try self.id(file)
        let list = try await self.desk.post(
            .issuance, "/api/returns", IssuanceAPI.NewReturn(submissions: [id]), as: from,
            station: from == .station ? person.station : nil, key: "return-\(id)-\(hop)",
            answer: IssuanceAPI.Return.self)
        try await self.unlessDone {
            _ = try await self.desk.post(
                .issuance, "/api/returns/\(list.id)/receipt",
                IssuanceAPI.HandoverReceipt(count: 1, signedBy: "\(to.rawValue)-clerk"), as: to,
                answer: IssuanceAPI.Return.self)
        }
    }

    /// Formal report first, then the replacement (N26).
    func replaceLost(_ person: RehearsalPerson, _ file: RehearsalLedger.File) async throws -> Outcome {
        let id = try self.id(file)
        try await self.desk.send(
            .issuance, "POST", "/api/orders/\(id)/loss", as: .station, station: person.station, key: "loss-\(id)",
            body: try ContractCoding.encode(IssuanceAPI.Loss(kind: .formal)))
        try await self.desk.send(
            .issuance, "POST", "/api/orders/\(id)/replacement", as: .station, station: person.station,
            key: "replacement-\(id)",
            body: try ContractCoding.encode(
                IssuanceAPI.Replacement(
                    ground: .loss, askedAt: .station, oldCardHandedIn: false, accountClosedProof: false)))
        return .stage(
            person.index, .reordered, .init(step: .replacementAccepted, round: file.round, exceptions: [.loss]))
    }
}
