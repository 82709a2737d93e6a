import Access
import Contracts

extension Routes {
    /// The waiting room. At the stand's time of day nobody needs to wait, so coming changes nothing.
    static let room: [Route] = [
        Route(
            service: .intake, method: "POST", template: "/api/room", action: .joinRoom, about: .district,
            caller: { Staff.applicant($0.registered.personID) }, path: { _ in "/api/room" }),
        Route(
            service: .intake, method: "GET", template: "/api/room", action: .joinRoom, about: .district,
            caller: { Staff.applicant($0.registered.personID) }, path: { _ in "/api/room" }),
        Route(
            service: .intake, method: "DELETE", template: "/api/room", action: .joinRoom, about: .district,
            caller: { Staff.applicant($0.registered.personID) }, path: { _ in "/api/room" }),
        Route(
            service: .intake, method: "GET", template: "/api/room/figures", action: .readRoom, about: .whole,
            caller: { _ in Staff.centre() }, path: { _ in "/api/room/figures" }),
    ]
}
