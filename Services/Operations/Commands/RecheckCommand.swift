import Access
import ArgumentParser
import CardProgramme
import Contracts
import FoundationEssentials

/// `youdai recheck list`
struct RecheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recheck", abstract: "重点核查 · What is left over when key verification begins (R99–R102).",
        subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "按服务站汇总遗留问题 · Gather from intake, verification and review what is left over, by station.")

        @OptionGroup var place: ServicePlace
        @Option(help: "Opaque id of the member of staff who asks.")
        var subject: String
        @Flag(help: "Put everything found on review's docket, to be investigated one by one.")
        var docket = false

        func run() async throws {
            let desk = try self.place.desk(subject: self.subject)
            do {
                let items = try await Recheck(desk: desk).gather()
                Terminal.write(Self.text(items))
                if self.docket {
                    let listed = try await Recheck(desk: desk).list(items)
                    Terminal.write("列入核查 opened \(listed.opened) · 已在清单 known \(listed.known)\n")
                }
            } catch let refusal as Desk.Refusal {
                await desk.shutdown()
                throw OperationsError("\(refusal)")
            } catch {
                await desk.shutdown()
                throw error
            }
            await desk.shutdown()
        }

        private static func text(_ items: [RecheckAPI.LeftOver]) -> String {
            guard !items.isEmpty else { return "没有遗留问题 · Nothing is left over.\n" }
            var rows = [["服务站 station", "问题 problem", "责任方 owner", "环节 stage", "最迟 due", "申请 submission"]]
            for item in items {
                rows.append([
                    item.station, "\(item.problem.chinese) \(item.problem.english)", item.owner.chinese,
                    item.stage.rawValue, item.dueOn?.description ?? "-", item.submissionID.uuidString,
                ])
            }
            return Terminal.table(rows) + "合计 all \(items.count)\n"
        }
    }
}

/// Gathers what is left over from the services that hold it, and puts it on review's docket.
struct Recheck: Sendable {
    let desk: Desk

    /// By station, then by problem and age.
    func gather() async throws -> [RecheckAPI.LeftOver] {
        var items: [UUID: RecheckAPI.LeftOver] = [:]
        for service in [ServiceName.intake, .verification, .review] {
            var after: UUID?
            repeat {
                let path = "/api/recheck?limit=500" + (after.map { "&after=\($0.uuidString)" } ?? "")
                let page = try await self.desk.call(
                    service, "GET", path, as: .bureau, answer: RecheckAPI.LeftOvers.self)
                // Review comes last: what two of its lists contradict counts as that, wherever the paper lies.
                for item in page.items { items[item.submissionID] = item }
                after = page.next
            } while after != nil
        }
        return items.values.sorted {
            ($0.station, $0.problem.rawValue, $0.since, $0.submissionID.uuidString)
                < ($1.station, $1.problem.rawValue, $1.since, $1.submissionID.uuidString)
        }
    }

    func list(_ items: [RecheckAPI.LeftOver]) async throws -> RecheckAPI.Listed {
        var all = RecheckAPI.Listed(opened: 0, known: 0)
        for start in stride(from: 0, to: items.count, by: 500) {
            let part = Array(items[start..<min(start + 500, items.count)])
            let listed = try await self.desk.post(
                .review, "/api/docket", RecheckAPI.Listing(items: part), as: .bureau, answer: RecheckAPI.Listed.self)
            all.opened += listed.opened
            all.known += listed.known
        }
        return all
    }
}
