import CardProgramme
import Contracts

/// The hard gate before every submission: a complete file (R21), the right kind of card (R62, N3), the batch's turn (A1).
enum SubmissionGate {
    /// With which a submission enters.
    struct Admission: Sendable, Equatable {
        let batch: Int
        let lane: Lane
    }

    /// What somebody hands in, as far as the plan has a say in it.
    struct Wish: Sendable {
        let cardKind: CardKind
        /// By name (R79).
        let bank: String
        let channel: IntakeAPI.Channel

        var mode: ServiceMode {
            switch self.channel {
            case .online: .online
            case .onSite, .walkIn: .onSite
            case .home: .homeVisit
            case .collective: .collective
            case .agreed: .agreed
            }
        }
    }

    /// The station's own phases count before the district's batches (R149). A way of coming is no ground for a refusal at
    /// a counter (R150), only on the net.
    ///
    /// - Parameters:
    ///   - station: code of the station that keeps the file.
    ///   - today: programme time; ages count from it (R29).
    static func admit(
        _ facts: PersonFacts, at station: String, wish: Wish, programme: Programme, today: CalendarDay
    ) throws(IntakeRefusal) -> Admission {
        guard facts.isComplete else { throw .fileIncomplete(facts.missing) }
        let kinds = programme.cardKinds(for: facts.categorySet)
        guard kinds.contains(wish.cardKind) else { throw .cardKindNotAllowed(kinds) }
        let candidate = try Self.candidate(facts)
        let office = programme.station(station)?.name ?? station
        let number: Int
        switch programme.admission(of: candidate, at: station, on: today) {
        case .open(let batch): number = batch
        case .notYet(let batch, let opens):
            throw .turnNotYet(batch, opens: opens, office: programme.plan(at: station) == nil ? nil : office)
        case .notAnnounced(let batch): throw .turnNotAnnounced(batch, office: office)
        case .ended(_, let day): throw .intakeEnded(day)
        case .noBatch: throw .noBatch
        }
        let banks = programme.banks(at: station)
        guard banks.isEmpty || banks.contains(wish.bank) else { throw .bankNotOffered(banks, office: office) }
        if !wish.mode.isAlwaysServed {
            let modes = programme.modes(of: candidate, at: station, on: today)
            guard modes.contains(wish.mode) else { throw .onlineNotOffered(modes, office: office) }
        }
        let lane = Lane.lane(for: candidate.categories, birthDate: candidate.birthDate, on: today)
        return Admission(batch: number, lane: lane)
    }

    /// The batch, or the station's phase, a person belongs to today, which a file shows before anything is submitted.
    static func batch(of facts: PersonFacts, at station: String, programme: Programme, today: CalendarDay) -> Int? {
        guard let candidate = try? Self.candidate(facts) else { return nil }
        return programme.batch(of: candidate, at: station, on: today)
    }

    /// The lane messages about the person travel in.
    static func lane(of facts: PersonFacts, today: CalendarDay) -> Lane {
        guard let birthDate = try? Self.birthDate(of: facts) else { return .standard }
        return Lane.lane(for: facts.categorySet, birthDate: birthDate, on: today)
    }

    /// What of the facts decides about the turn.
    static func candidate(_ facts: PersonFacts) throws(IntakeRefusal) -> Candidate {
        Candidate(
            categories: facts.categorySet, birthDate: try Self.birthDate(of: facts),
            registeredDivision: facts.registeredDivision, residentDivision: facts.residentDivision,
            circumstances: Set(facts.circumstances ?? []))
    }

    /// Where it may be handed in, and whose province issues (N9–N11).
    static func place(
        of facts: PersonFacts, district: String, issuer: PlaceOfSubmission?, rule: PlaceRule
    ) throws(IntakeRefusal) -> (place: PlaceOfSubmission, issuer: PlaceOfSubmission) {
        do throws(PlaceRule.Refusal) {
            return try rule.decide(
                district: district, registered: facts.registeredDivision ?? "",
                resident: facts.residentDivision ?? "", issuer: issuer)
        } catch {
            throw .place(error)
        }
    }

    private static func birthDate(of facts: PersonFacts) throws(IntakeRefusal) -> CalendarDay {
        do throws(IdentityNumberError) {
            return try IdentityNumber(facts.identityNumber).birthDate
        } catch {
            throw .identityNumber(error)
        }
    }
}
