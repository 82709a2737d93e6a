import Access
import CardProgramme
import Contracts
import ServiceRuntime

/// What a station has open on a day, for everybody to know (R25, R149).
struct ReadStationPlan: Sendable {
    let programme: Programme
    let clock: ProgrammeClock

    /// - Parameter day: today when nil.
    func run(_ code: String, on day: CalendarDay?, by principal: Principal) throws -> IntakeAPI.StationPlan {
        try AccessPolicy.decide(
            principal, .readStationPlan, on: Resource(division: self.programme.divisionCode, station: code))
        guard let station = self.programme.station(code) else { throw IntakeRefusal.planUnknown }
        let day = day ?? self.clock.today
        return IntakeAPI.StationPlan(
            station: station.code, name: station.name, day: day, version: self.programme.version,
            isOwn: self.programme.plan(at: code) != nil,
            turns: self.programme.offers(at: code, on: day).map { IntakeAPI.StationPlan.Turn($0) },
            banks: self.programme.banks(at: code))
    }
}
