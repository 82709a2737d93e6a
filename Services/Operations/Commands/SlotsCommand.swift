import Access
import ArgumentParser
import CardProgramme
import Contracts

/// `youdai slots reconcile`
struct SlotsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slots", abstract: "号源 · Seats of appointment slots.", subcommands: [Reconcile.self])

    struct Reconcile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "核对余号 · Compare the count of free seats with the database; exit status 1 when they differ.",
            discussion: """
                Redis counts free seats in front of the database, which has the truth. Each slot from today on is compared
                while nothing can be booked; --mend puts the count right. Nobody's appointment is touched.
                """)

        @OptionGroup var place: ServicePlace
        @Option(help: "Opaque id of the operator who asks.")
        var subject: String
        @Flag(help: "Put the count right where it differs.")
        var mend = false

        func run() async throws {
            let desk = try self.place.desk(subject: self.subject)
            let count: SeatCount.Comparison
            do {
                count = try await SeatCount(desk: desk).compare(mend: self.mend)
            } catch let refusal as Desk.Refusal {
                await desk.shutdown()
                throw OperationsError("\(refusal)")
            } catch {
                await desk.shutdown()
                throw error
            }
            await desk.shutdown()
            Terminal.write(count.text)
            if !count.isEqual, !self.mend { throw ExitCode(1) }
        }
    }
}

/// The count of free seats compared with the database, by intake itself.
struct SeatCount: Sendable {
    let desk: Desk

    struct Comparison: Sendable {
        let answer: AppointmentAPI.Reconciled

        var isEqual: Bool { self.answer.differing.isEmpty }

        var text: String {
            guard self.answer.isCounted else {
                return "余号由数据库直接给出，无需核对 · No count at present: the database answers alone.\n"
            }
            var text = ""
            if !self.isEqual {
                text += Terminal.table(
                    [["服务站 station", "日期 day", "时间 time", "方式 kind", "时段 slot"]]
                        + self.answer.differing.sorted().map { slot in
                            [
                                slot.station, "\(slot.day)", "\(slot.start)",
                                "\(slot.kind.chinese) \(slot.kind.english)", "\(slot)",
                            ]
                        }, left: 5)
            }
            return text
                + "余号核对 Free seats: 核对时段 compared \(self.answer.compared) · 不一致 differing \(self.answer.differing.count) · 已修正 mended \(self.answer.mended)\n"
        }
    }

    func compare(mend: Bool) async throws -> Comparison {
        Comparison(
            answer: try await self.desk.post(
                .intake, "/api/seats/reconciliation", AppointmentAPI.Reconciliation(mend: mend), as: .operator,
                answer: AppointmentAPI.Reconciled.self))
    }
}
