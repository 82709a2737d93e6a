import Access
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// 基础电子档案信息表 filled in at home (R74, R132): sent by the person or a relative, taken over and corrected by the station.
///
/// The id is the one in the sender's token, given out before there is a file; so a form sent again replaces the first.
struct BaseForms: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let forms: BaseFormRepository
    let register: RegisterPerson

    func send(
        _ form: IntakeAPI.BaseForm, as id: UUID, by principal: Principal
    ) async throws -> IntakeAPI.SentBaseForm {
        try AccessPolicy.decide(
            principal, .sendBaseForm,
            on: Resource(division: self.programme.divisionCode, station: form.station, person: id))
        guard Self.isFit(form) else { throw IntakeRefusal.baseFormUnfit }
        guard self.programme.station(form.station) != nil else { throw IntakeRefusal.stationUnknown }
        let now = self.clock.now()
        let known = try await self.forms.find(id)
        // The same again: answered as the first time.
        if let known, known.form == form { return Self.answer(known) }
        let stored = try await self.forms.store(form, id: id, division: self.programme.divisionCode, at: now)
        guard stored else { throw IntakeRefusal.baseFormTaken }
        return IntakeAPI.SentBaseForm(id: id, form: form, sentAt: now, personID: nil)
    }

    func read(_ id: UUID, by principal: Principal) async throws -> IntakeAPI.SentBaseForm {
        guard let sent = try await self.forms.find(id) else { throw IntakeRefusal.baseFormUnknown }
        try AccessPolicy.decide(principal, .readBaseForm, on: sent.resource)
        return Self.answer(sent)
    }

    func list(limit: Int, offset: Int, by principal: Principal) async throws -> IntakeAPI.BaseFormList {
        try AccessPolicy.decide(
            principal, .listBaseForms, on: Resource(division: self.programme.divisionCode, station: principal.station))
        let (page, total) = try await self.forms.list(station: principal.station, limit: limit, offset: offset)
        return IntakeAPI.BaseFormList(
            forms: page.map { IntakeAPI.BaseFormList.Item(id: $0.id, station: $0.station, sentAt: $0.sentAt) },
            total: total)
    }

    /// Registers from the form, as the station corrected it.
    ///
    /// What was taken over is not taken over again: a repeated call finds the file as it is now and changes nothing, and
    /// another person's registration is refused before anything is written. Registering and noting are two transactions;
    /// whoever is cut off between them repeats the call, and the registration is recognised by the identity number.
    func takeOver(
        _ id: UUID, _ registration: IntakeAPI.Registration, by principal: Principal
    ) async throws -> IntakeAPI.Person {
        for _ in 0..<3 {
            guard let sent = try await self.forms.find(id) else { throw IntakeRefusal.baseFormUnknown }
            try AccessPolicy.decide(principal, .takeOverBaseForm, on: sent.resource)
            if let taken = sent.person {
                guard let person = try await self.register.known(registration), person.id == taken else {
                    throw IntakeRefusal.baseFormTaken
                }
                return person
            }
            let (person, _) = try await self.register.run(registration, by: principal)
            let taken = try await self.forms.take(
                sent, person: person.id, at: self.clock.now(), by: principal.subject)
            if taken { return person }
        }
        throw IntakeRefusal.busy
    }

    /// Only that it can be stored and shown: whether it is right is for the station to see.
    private static func isFit(_ form: IntakeAPI.BaseForm) -> Bool {
        PlainText.isPrintable(form.name, length: 1...50) && PlainText.isPrintable(form.identityNumber, length: 1...30)
            && PlainText.isPrintable(form.filledInBy, length: 1...20) && form.phones.count <= 5
            && form.phones.allSatisfy { PlainText.isPrintable($0, length: 1...20) }
            && form.categories.count <= CardProgramme.Category.allCases.count
            && (form.address.map { PlainText.isPrintable($0, length: 0...200) } ?? true)
    }

    private static func answer(_ sent: BaseFormRepository.Sent) -> IntakeAPI.SentBaseForm {
        IntakeAPI.SentBaseForm(id: sent.id, form: sent.form, sentAt: sent.sentAt, personID: sent.person)
    }
}
