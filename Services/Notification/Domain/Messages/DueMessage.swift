import CardProgramme
import FoundationEssentials

/// A message whose time has come, with everything that decides whether and how it is said.
struct DueMessage: Sendable {
    let id: UUID
    let person: UUID
    let purpose: MessagePurpose
    let means: AppointmentNotices.Planned.Means
    let subject: UUID
    let subjectVersion: Int
    let reason: String?
    let lastDay: CalendarDay?
    let notAfter: Date
    /// Something newer is to be said about the same subject.
    let isSuperseded: Bool
    /// Nil while nobody knows how the person is reached.
    let contact: Reach?
    /// Nil where the subject is no appointment, or is not known here.
    let appointment: KnownAppointment?
    /// Where the campaign stands whose message it is; nil for all others.
    var campaign: CampaignState?
    /// Providers that will never take it.
    let refusedBy: Set<String>
    var numbers: [Number] = []

    struct Reach: Sendable {
        let station: String
        /// Sealed.
        let details: [UInt8]
        let bornYear: Int?
        let isSilenced: Bool
        /// They have missed an appointment before.
        let hasMissed: Bool
        /// A message about this subject as it is now has arrived on their phone.
        let wasTold: Bool
    }

    struct KnownAppointment: Sendable {
        let version: Int
        let state: AppointmentState
        let station: String
        let startsAt: Date?
        let beforeStartsAt: Date?
        let isComing: Bool
    }

    /// A number of the person's own, or of somebody near them.
    struct Number: Sendable {
        let digest: [UInt8]
        /// Where it stands in the sealed contact.
        let place: Int
        let isOwn: Bool
        let isMobile: Bool
        let isGood: Bool
        /// What its owner does not want.
        let refuses: Set<String>
        let sentInAMinute: Int
        let sentInADay: Int
        let sentInAWeek: Int
    }

    /// What is done with it.
    enum Decision: Sendable, Equatable {
        /// Sent to the number at this place.
        case send(digest: [UInt8], place: Int)
        case postpone(Date)
        case end(MessageState, why: String, call: NewCallTask.Reason?)
    }

    /// Nobody's phone takes more than this.
    static let mostInADay = 2
    static let mostInAWeek = 6
    /// Programme time between two looks at a message of a campaign that stands still.
    static let pausePatience: TimeInterval = 3_600

    /// - Parameters:
    ///   - isFree: whether nothing else goes to that number in this round.
    func decide(at now: Date, calendar: WorkingDayCalendar, isFree: ([UInt8]) -> Bool) -> Decision {
        guard let contact = self.contact else {
            // A notice may be faster than the contact point of its person.
            return now >= self.notAfter ? self.over("noContact") : .postpone(now.addingTimeInterval(60))
        }
        // A campaign that stands still says nothing, and loses nothing.
        if let campaign, campaign == .paused { return .postpone(now.addingTimeInterval(Self.pausePatience)) }
        if let campaign, campaign != .running { return .end(.cancelled, why: "campaign", call: nil) }
        if contact.isSilenced { return .end(.suppressed, why: Self.silenced, call: nil) }
        if let stale = self.staleness(at: now) { return .end(.cancelled, why: stale, call: nil) }
        if now >= self.notAfter { return self.over("tooLate") }
        if self.means == .call { return self.handOver(contact, at: now) }
        let own = self.numbers.filter { $0.isOwn && $0.isMobile && $0.isGood }.sorted { $0.place < $1.place }
        let willing = own.filter { number in
            !number.refuses.contains("all") && !(self.purpose == .outreach && number.refuses.contains("outreach"))
        }
        // Whoever cannot be written to is called in office hours, not in those of messages.
        guard let number = willing.first else {
            let why = own.isEmpty ? "noNumber" : "optedOut"
            let state: MessageState = own.isEmpty ? .failed : .suppressed
            return self.purpose.isEssential
                ? .end(.handedOver, why: why, call: .cannotBeTold) : .end(state, why: why, call: nil)
        }
        let window = SendingWindow.of(self.purpose)
        guard let opens = window.next(from: now, calendar: calendar), opens < self.notAfter else {
            return self.over("noHour")
        }
        if opens > now { return .postpone(opens) }
        if !isFree(number.digest) || (number.sentInAMinute > 0 && !self.purpose.isUrgent) {
            return self.later(now.addingTimeInterval(60), window, calendar)
        }
        if !self.purpose.isUrgent,
            number.sentInADay >= Self.mostInADay || number.sentInAWeek >= Self.mostInAWeek
        {
            return self.later(CalendarDay(now).endOfDay, window, calendar)
        }
        return .send(digest: number.digest, place: number.place)
    }

    /// Why it must not be said any more by any way, however well that is open; nil where it may.
    func isOver(at now: Date) -> String? {
        guard let contact = self.contact, !contact.isSilenced else { return Self.silenced }
        return self.staleness(at: now) ?? (now >= self.notAfter ? "tooLate" : nil)
    }

    private static let silenced = "silenced"

    /// Why it must not be said any more: the appointment is not what it was.
    private func staleness(at now: Date) -> String? {
        if self.isSuperseded { return "superseded" }
        switch self.purpose {
        case .appointmentConfirmed, .appointmentReminder, .appointmentMoved:
            guard let appointment = self.appointment else { return "unknownAppointment" }
            guard appointment.version == self.subjectVersion else { return "changed" }
            return appointment.state == .confirmed ? nil : "changed"
        case .appointmentClosed:
            guard let appointment = self.appointment, appointment.version == self.subjectVersion else {
                return "changed"
            }
            return nil
        case .submissionReceived, .correctionNeeded, .cardOrdered, .cardArrived, .submissionRefused, .outreach:
            return nil
        }
    }

    private func handOver(_ contact: Reach, at now: Date) -> Decision {
        if self.appointment?.isComing == true { return .end(.notNeeded, why: "coming", call: nil) }
        let age = contact.bornYear.map { CalendarDay(now).year - $0 } ?? 0
        guard age >= AppointmentNotices.calledFromAge || contact.hasMissed || !contact.wasTold else {
            return .end(.notNeeded, why: "told", call: nil)
        }
        return .end(.handedOver, why: "unconfirmed", call: .unconfirmed)
    }

    private func later(_ at: Date, _ window: SendingWindow, _ calendar: WorkingDayCalendar) -> Decision {
        guard let next = window.next(from: at, calendar: calendar), next < self.notAfter else {
            return self.over("cap")
        }
        return .postpone(next)
    }

    private func over(_ why: String) -> Decision {
        .end(.expired, why: why, call: self.purpose.isEssential ? .cannotBeTold : nil)
    }
}
