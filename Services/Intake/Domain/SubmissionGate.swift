import CardProgramme

/// The hard gate before every submission: a complete file (R21), the right kind of card (R62, N3), the batch's turn (A1).
enum SubmissionGate {
    /// With which a submission enters.
    struct Admission: Sendable, Equatable {
        let batch: Int
        let lane: Lane
    }

    /// - Parameter today: programme time; ages count from it (R29).
    static func admit(
        _ facts: PersonFacts, cardKind: CardKind, programme: Programme, today: CalendarDay
    ) throws(IntakeRefusal) -> Admission {
        guard facts.isComplete else { throw .fileIncomplete(facts.missing) }
        let categories = facts.categorySet
        let kinds = CardKind.allowed(for: categories)
        guard kinds.contains(cardKind) else { throw .cardKindNotAllowed(kinds) }
        let birthDate = try Self.birthDate(of: facts)
        switch programme.admission(for: categories, birthDate: birthDate, on: today) {
        case .open(let batch):
            return Admission(batch: batch, lane: Lane.lane(for: categories, birthDate: birthDate, on: today))
        case .notYet(let batch, let opens): throw .batchNotOpen(batch, opens: opens)
        case .ended(_, let day): throw .intakeEnded(day)
        case .noBatch: throw .noBatch
        }
    }

    /// The batch a person belongs to today, which a file shows before anything is submitted.
    static func batch(of facts: PersonFacts, programme: Programme, today: CalendarDay) -> Int? {
        guard let birthDate = try? Self.birthDate(of: facts) else { return nil }
        return programme.batch(for: facts.categorySet, birthDate: birthDate, on: today)
    }

    /// The lane messages about the person travel in.
    static func lane(of facts: PersonFacts, today: CalendarDay) -> Lane {
        guard let birthDate = try? Self.birthDate(of: facts) else { return .standard }
        return Lane.lane(for: facts.categorySet, birthDate: birthDate, on: today)
    }

    private static func birthDate(of facts: PersonFacts) throws(IntakeRefusal) -> CalendarDay {
        do throws(IdentityNumberError) {
            return try IdentityNumber(facts.identityNumber).birthDate
        } catch {
            throw .identityNumber(error)
        }
    }
}
