import Access
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// The bureau compares a statement that stands in for papers with police, civil affairs and the armed forces department
/// (N17). Until it has, the station's check does not pass.
struct CompareStatement: Sendable {
    let programme: Programme
    let clock: ProgrammeClock
    let comparisons: ComparisonRepository

    /// N17's, and those the programme compares with (R121). A closed list: words of one's own could name somebody.
    private var departments: [String] {
        let national = ["公安", "民政", "人民武装部"]
        return national + self.programme.matchingDepartments.filter { !national.contains($0) }
    }

    /// What is still to be compared, longest first.
    func list(limit: Int, offset: Int, by principal: Principal) async throws -> IntakeAPI.ComparisonList {
        try AccessPolicy.decide(
            principal, .listComparisons,
            on: Resource(division: self.programme.divisionCode, station: principal.station))
        let (page, total) = try await self.comparisons.list(
            station: principal.station, limit: limit, offset: offset)
        return IntakeAPI.ComparisonList(comparisons: page.map(Self.answer), total: total)
    }

    func settle(
        _ id: UUID, _ form: IntakeAPI.ComparisonResult, by principal: Principal
    ) async throws -> IntakeAPI.ComparisonTask {
        guard let task = try await self.comparisons.find(id) else { throw IntakeRefusal.comparisonUnknown }
        try AccessPolicy.decide(principal, .settleComparison, on: task.resource)
        let departments = form.departments.map(PlainText.trimmed)
        guard (1...10).contains(departments.count),
            departments.allSatisfy(self.departments.contains)
        else { throw IntakeRefusal.departments(self.departments) }
        // Instants travel with milliseconds.
        guard abs(task.openedAt.timeIntervalSince(form.openedAt)) < 0.001 else {
            throw IntakeRefusal.comparisonReplaced
        }
        let result: Comparison = form.confirmed ? .confirmed : .notConfirmed
        if let known = task.result {
            guard known == result else { throw IntakeRefusal.comparisonSettled }
            return Self.answer(task)
        }
        let settled = try await self.comparisons.settle(
            task, result, departments: departments, at: self.clock.now(), by: principal.subject)
        guard settled else { throw IntakeRefusal.busy }
        var answer = Self.answer(task)
        answer.result = result
        return answer
    }

    private static func answer(_ task: ComparisonRepository.Task) -> IntakeAPI.ComparisonTask {
        IntakeAPI.ComparisonTask(
            submissionID: task.submission, personID: task.person, station: task.station, statement: task.statement,
            openedAt: task.openedAt, result: task.result ?? .open)
    }
}
