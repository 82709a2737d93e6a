import CardProgramme
import FoundationEssentials
import Messaging
import ServiceRuntime

/// A damage report goes up level by level, and the province's answer comes back (R93).
struct PassDamageUp: Sendable {
    let endpoint: MessageEndpoint
    let clock: ProgrammeClock
    let seal: HolderSeal

    /// - Returns: Whether an earlier call had done the same.
    func callAsFunction(
        _ text: String, to state: DamageReportState, answer: String?, by subject: String
    ) async throws -> Bool {
        let trackingNumber = try PlainText.trackingNumber(text)
        guard state != .written else {
            throw Refusal.invalid(
                "damage.state", zh: "破损报告在拒收时已生成；请选择上报市局、上报省中心或登记答复。",
                en: "The report was written when the parcel was refused: choose the city, the province, or its answer.")
        }
        guard (state == .answered) == (answer != nil) else {
            throw Refusal.invalid(
                "damage.answer", zh: "登记省级答复时须在 answer 中填写答复内容，其他步骤不填。",
                en: "Recording the province's answer needs its text in “answer”; the other steps have none.")
        }
        let answer = try answer.map { try PlainText.remark($0, "answer", upTo: 500) }
        return try await self.endpoint.transaction { work in
            let damage = DamageWriter(sql: work.sql)
            guard let report = try await damage.lock(trackingNumber) else { throw Refusal.reportUnknown }
            if report.state == state {
                if let sealed = report.answer, try self.seal.open(text: sealed, of: trackingNumber) != answer {
                    throw Refusal.conflict(
                        "damage.already_answered", zh: "该破损报告已登记答复，不能再登记不同的答复。",
                        en: "This report was answered already; a different answer cannot be recorded.")
                }
                return true
            }
            guard report.state.next == state else {
                throw Refusal.conflict(
                    "damage.not_next",
                    zh: "破损报告目前为“\(report.state.chinese)”，应逐级上报，不能直接登记为“\(state.chinese)”。请先办理下一级。",
                    en:
                        "The report is “\(report.state.english)”; it goes up level by level and cannot become “\(state.english)” now: take the next step first."
                )
            }
            try await damage.advance(
                trackingNumber, to: state, answer: try answer.map { try self.seal.seal(text: $0, of: trackingNumber) },
                by: subject, at: self.clock.now())
            return false
        }
    }
}

extension Refusal {
    static let reportUnknown = Refusal.unknown(
        "damage.unknown", zh: "该快递单号没有破损报告，请核对单号；只有已登记拒收的邮包才有报告。",
        en: "There is no damage report for this tracking number: only a refused parcel has one, check the number.")
}
