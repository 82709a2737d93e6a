import Access
import CardProgramme
import Contracts

extension Routes {
    /// The plan in force, and what its last amendment meant.
    static let programme: [Route] = [
        Route(
            service: .intake, method: "GET", template: "/api/plans/:code", action: .readStationPlan, about: .whole,
            caller: { _ in Staff.station() }, path: { _ in "/api/plans/\(Staff.ownStation)" }),
        Route(
            service: .intake, method: "GET", template: "/api/programme/recheck", action: .readRecheck, about: .whole,
            caller: { _ in Staff.bureau() }, path: { _ in "/api/programme/recheck" }),
        Route(
            service: .intake, method: "GET", template: "/api/programme/recheck/people", action: .readRecheck,
            about: .whole, caller: { _ in Staff.bureau() }, path: { _ in "/api/programme/recheck/people" }),
    ]
}
