import CardProgramme
import Contracts
import FoundationEssentials

/// Whether what is said of an attempt makes sense by itself.
enum AttemptCheck {
    /// - Throws: ``CallRefusal`` for a member that is missing or does not belong to the outcome.
    static func check(_ attempt: CallAPI.NewAttempt) throws(CallRefusal) {
        switch (attempt.outcome == .callBack, attempt.at) {
        case (true, nil): throw .timeMissing
        case (false, _?): throw .timeUnwanted
        default: break
        }
        switch (attempt.outcome == .booked, attempt.appointment) {
        case (true, nil): throw .appointmentMissing
        case (false, _?): throw .appointmentUnwanted
        default: break
        }
        if attempt.outcome.retirement != nil, attempt.number == nil { throw .numberMissing }
    }

    /// - Throws: ``CallRefusal`` when nobody can be called then.
    static func promise(_ at: Date, now: Date, notAfter: Date?) throws(CallRefusal) {
        switch CallRules.mistake(inPromise: at, now: now, notAfter: notAfter) {
        case nil: break
        case .past: throw .promisePast
        case .tooFar: throw .promiseTooFar(CallRules.furthestPromise)
        case .hours: throw .promiseHours
        case .tooLate: throw .promiseTooLate
        }
    }
}
