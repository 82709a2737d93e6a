import Access
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime
import SystemPackage

/// Carries a roster file to intake: read piece by piece, sent in lists, a few of them under way at once.
///
/// Memory holds those lists and one row, whatever the size of the file. What was sent before an interruption is known when
/// the import is made again, so it simply goes on.
struct RosterImport: Sendable {
    /// A row that was not taken in.
    struct Bad: Sendable, Equatable {
        let line: Int
        let code: String
        let zh: String
        let en: String
        /// The file it most likely means.
        var personID: UUID?
    }

    struct Tally: Sendable {
        var created = 0
        var updated = 0
        var unchanged = 0
        var bad = 0
        /// New files that look like somebody already on the roster.
        var likely = 0
        var bytes = 0
        var encoding: TextEncoding?
        var unknownHeadings = 0

        var rows: Int { self.created + self.updated + self.unchanged + self.bad }
    }

    let desk: Desk
    let programme: Programme
    /// Station whose token is used; nil for the centre's.
    var station: String?
    var encoding: TextEncoding?
    var listsAtOnce = 4
    /// Bytes read at once.
    static let piece = 256 << 10

    private typealias Entry = IntakeAPI.RosterList.Entry

    /// - Parameters:
    ///   - bad: gets every row that was not taken in; those of one list come in order, lists may overtake one another.
    ///   - progress: is told after every list.
    /// - Throws: ``OperationsError`` when the file cannot be read at all, or intake cannot be reached.
    func run(
        _ path: String, bad: (Bad) -> Void, progress: (Tally) -> Void
    ) async throws -> Tally {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(FilePath(path), .readOnly)
        } catch {
            throw OperationsError("\(path) 无法打开，请检查路径和权限 · cannot be opened: check the path and its permissions.")
        }
        defer { try? file.close() }
        var tally = Tally()
        var reader = try RosterReader(encoding: self.encoding)
        let stations = self.stations()
        try await withThrowingTaskGroup(of: (list: Int, answer: IntakeAPI.RosterAnswer).self) { group in
            // The lists under way, with everybody's numbers: who stands in the file twice waits for the earlier line.
            var underWay: [Int: Set<String>] = [:]
            var sent = 0
            var list: [Entry] = []
            func take(_ done: (list: Int, answer: IntakeAPI.RosterAnswer)) {
                underWay[done.list] = nil
                for result in done.answer.results { Self.count(result, &tally, bad) }
                progress(tally)
            }
            func send() async throws {
                let numbers = Set(list.map { Self.key($0.person.identityNumber) })
                while underWay.count >= self.listsAtOnce
                    || underWay.values.contains(where: { !$0.isDisjoint(with: numbers) }),
                    let done = try await group.next()
                {
                    take(done)
                }
                let body = IntakeAPI.RosterList(entries: list)
                list.removeAll(keepingCapacity: true)
                sent += 1
                let number = sent
                underWay[number] = numbers
                group.addTask { (number, try await self.post(body)) }
            }
            var buffer = [UInt8](repeating: 0, count: Self.piece)
            var atEnd = false
            while !atEnd {
                guard let count = SystemCalls.read(into: &buffer, from: file.rawValue) else {
                    throw OperationsError(
                        "\(path) 读取失败，已导入的部分不受影响，可重新导入 · cannot be read on; what was taken in stays, import it again.")
                }
                atEnd = count == 0
                tally.bytes += count
                var found: [RosterReader.Line] = []
                do throws(RosterMistake) {
                    if atEnd {
                        try reader.finish { found.append($0) }
                    } else {
                        try reader.read(buffer[0..<count]) { found.append($0) }
                    }
                } catch {
                    throw OperationsError("\(path): \(error.zh) · \(error.en)")
                }
                for line in found {
                    switch line {
                    case .mistakes(let mistakes, let line):
                        tally.bad += 1
                        for mistake in mistakes {
                            bad(Bad(line: line, code: mistake.code, zh: mistake.zh, en: mistake.en))
                        }
                    case .person(let row, let line):
                        list.append(Entry(line: line, person: Self.registration(row, stations)))
                        if list.count == IntakeAPI.RosterList.most { try await send() }
                    }
                }
            }
            if !list.isEmpty { try await send() }
            while let done = try await group.next() { take(done) }
        }
        tally.encoding = reader.foundEncoding
        tally.unknownHeadings = reader.foundHeader?.unknownCount ?? 0
        return tally
    }

    /// Equal for all spellings of one number.
    private static func key(_ number: String) -> String {
        (try? IdentityNumber(number))?.text ?? number
    }

    private func post(_ list: IntakeAPI.RosterList) async throws -> IntakeAPI.RosterAnswer {
        try await self.desk.post(
            .intake, "/api/roster", list, as: self.station == nil ? .centre : .station, station: self.station,
            answer: IntakeAPI.RosterAnswer.self)
    }

    private static func count(
        _ result: IntakeAPI.RosterAnswer.Result, _ tally: inout Tally, _ bad: (Bad) -> Void
    ) {
        switch result.outcome {
        case .created: tally.created += 1
        case .updated: tally.updated += 1
        case .unchanged: tally.unchanged += 1
        case .refused:
            tally.bad += 1
            bad(
                Bad(
                    line: result.line, code: result.code ?? "", zh: result.zh ?? "", en: result.en ?? "",
                    personID: result.personID))
        }
        if result.likely != nil { tally.likely += 1 }
    }

    /// Codes by code and by name, so that a file may have either.
    private func stations() -> [String: String] {
        var codes: [String: String] = [:]
        for station in self.programme.stations {
            codes[station.code] = station.code
            codes[station.name] = station.code
            codes[station.name + "退役军人服务站"] = station.code
        }
        return codes
    }

    private static func registration(_ row: RosterRow, _ stations: [String: String]) -> IntakeAPI.Registration {
        let related = [(row.guardian, RelatedRole.guardian), (row.relative, .relative)].compactMap { person, role in
            person.map {
                IntakeAPI.RelatedPerson(
                    role: role, name: $0.name, relation: $0.relation, phones: $0.phone.map { [$0] } ?? [])
            }
        }
        return IntakeAPI.Registration(
            name: row.name, identityNumber: row.identityNumber, categories: row.categories,
            // What is no station's name or code is refused by intake, with its reason.
            station: stations[row.station] ?? row.station, phones: row.phones, address: row.address,
            fileComplete: row.compared, registeredDivision: row.registeredDivision,
            residentDivision: row.residentDivision, circumstances: row.circumstances, serviceUnit: row.serviceUnit,
            household: row.household, hasNoPhone: row.hasNoPhone, civilCapacity: row.civilCapacity,
            related: related.isEmpty ? nil : related)
    }
}
