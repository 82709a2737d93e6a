import CardProgramme
import Contracts
import FoundationEssentials

/// Calls and the campaign, day by day, where there is a gateway to send through.
extension Rehearsal {
    /// Days on which a campaign is tried to be made, while nobody is on the roster who needs one.
    static let mostTries = 10
    /// Working days a campaign is led on when everything else is over.
    private static let longestEnd = 60

    func openVoice() {
        guard self.gateway != nil else { return }
        self.plan(.callPeople, on: self.next(self.script.programme.window.from), at: .callsInTheMorning)
        self.plan(.makeCampaign, on: self.script.outreachDay, at: .campaign)
    }

    private func plan(_ work: Engagement.Work, on day: CalendarDay, at hour: Hour) {
        self.agenda.add(Engagement(work: work, person: -1), on: day, at: hour)
    }

    /// Staff call twice a day, as long as anything else is to be done.
    func followCalls(at hour: Hour, on day: CalendarDay) {
        if hour == .callsInTheMorning {
            self.plan(.callPeople, on: day, at: .callsInTheAfternoon)
            return
        }
        if self.agenda.hasMoreThanVoice {
            self.lastOther = day
        } else if self.ledger.voice.isOver
            || self.lastOther.map({ self.script.calendar.day(Self.longestEnd, workingDaysAfter: $0) < day }) ?? false
        {
            return
        }
        self.plan(.callPeople, on: self.next(day), at: .callsInTheMorning)
    }

    func follow(_ news: OutreachNews, on day: CalendarDay) {
        switch news {
        case .nobody:
            if !self.ledger.voice.isOver { self.plan(.makeCampaign, on: self.next(day), at: .campaign) }
        case .made: self.plan(.beginCampaign, on: day, at: .approval)
        case .running: self.plan(.leadCampaign, on: self.next(day), at: .campaign)
        case .led:
            let limit = self.script.calendar.day(Self.longestEnd, workingDaysAfter: self.lastOther ?? day)
            if self.agenda.hasMoreThanVoice || day <= limit {
                self.plan(.leadCampaign, on: self.next(day), at: .campaign)
            }
        case .closed: break
        }
    }

    /// What will never be heard of is known by the phone it goes to.
    func note(_ person: RehearsalPerson, id: UUID) {
        if person.phone?.hasSuffix(PhoneHabit.silent.digits ?? "-") == true { self.gateway?.expectSilence(of: id) }
    }
}
