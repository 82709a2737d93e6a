/// How often a duty was done in time, too late, or is still open past its day.
struct DutyFigures: Codable, Sendable, Equatable {
    var kept = 0
    var missed = 0
    var openOverdue = 0
}
