import CardProgramme
import Contracts
import FoundationEssentials

/// Counts what a campaign will take, from how its people can be reached.
struct PreviewCampaign: Sendable {
    let wording: Wording
    let calendar: WorkingDayCalendar

    func callAsFunction(
        _ campaign: CampaignRecord, _ groups: [CampaignDraw.Group], excluded: [String: Int], template: CurrentTemplate,
        at now: Date
    ) -> CampaignAPI.Preview {
        var firstStep: [String: Int] = [:]
        var parts: [String: Int] = [:]
        var bands: [MessageBand?: Int] = [:]
        var longest = 0
        var (people, cost, calls, withoutAddress) = (0, 0, 0, 0)
        for group in groups {
            people += group.count
            if !group.reach.hasAddress { withoutAddress += group.count }
            calls += group.count * self.calls(campaign.ladder, group.reach)
            let (step, _) = campaign.ladder.next(from: 0, for: group.reach)
            firstStep["\(step.map { $0 + 1 } ?? 0)", default: 0] += group.count
            guard let step, campaign.ladder.steps[step].means == .message else { continue }
            bands[campaign.ladder.steps[step].band, default: 0] += group.count
            longest = max(longest, group.nameUnits)
            let length = self.text(template, units: group.nameUnits).parts
            parts["\(length)", default: 0] += group.count
            cost += group.count * length * (campaign.partPrice ?? 0)
        }
        return CampaignAPI.Preview(
            people: people, excluded: excluded, firstStep: firstStep, parts: parts,
            cost: campaign.partPrice == nil ? nil : cost,
            messagesEndAt: self.messagesEnd(campaign, bands, from: now), mostCalls: calls,
            callsEndOn: self.callsEnd(campaign, calls, from: now), withoutAddress: withoutAddress,
            longestText: longest == 0 ? nil : self.words(template, units: longest),
            templateVersion: template.version)
    }

    /// Attempts if nobody ever answers.
    private func calls(_ ladder: OutreachLadder, _ reach: OutreachReach) -> Int {
        ladder.steps.indices.count { index in
            let means = ladder.steps[index].means
            return (means == .call || means == .relatives) && ladder.skip(index, for: reach) == nil
        } * CallRules.mostInVain
    }

    private func messagesEnd(
        _ campaign: CampaignRecord, _ bands: [MessageBand?: Int], from now: Date
    ) -> Date? {
        var taken: [Date: Int] = [:]
        var end: Date?
        for (band, count) in bands.sorted(by: { ($0.key?.rawValue ?? "") < ($1.key?.rawValue ?? "") }) {
            var pace = OutreachPace.messages(
                perHour: campaign.messagesPerHour, band: band, calendar: self.calendar, taken: taken)
            let places = pace.take(count, from: now)
            guard places.reduce(0, { $0 + $1.count }) == count else { return nil }
            if let last = places.last?.at { end = max(end ?? last, last) }
            taken = pace.taken
        }
        return end
    }

    private func callsEnd(_ campaign: CampaignRecord, _ calls: Int, from now: Date) -> CalendarDay? {
        var pace = OutreachPace.calls(perDay: campaign.callsPerDay, calendar: self.calendar)
        let places = pace.take(calls, from: now)
        guard places.reduce(0, { $0 + $1.count }) == calls else { return nil }
        return places.last.map { CalendarDay($0.at) }
    }

    private func text(_ template: CurrentTemplate, units: Int) -> SMSLength {
        SMSLength(self.words(template, units: units))
    }

    /// With a made-up name: nobody's own is needed to count.
    private func words(_ template: CurrentTemplate, units: Int) -> String {
        template.template.text(
            signature: self.wording.signature,
            [.name: String(repeating: "某", count: max(1, units)), .telephone: self.wording.telephone])
    }
}
