import CardProgramme
import Contracts
import FoundationEssentials

/// 破损报告 as a page to be printed, signed and sent up (R93, R129): Chinese first, English beside it. It names cards by
/// their submission, never their holders.
struct DamageReportPage: Sendable {
    let report: IssuanceAPI.DamageReport
    let division: String
    /// The photographs as `data:` addresses, by id; without one only its sum is printed.
    let pictures: [UUID: String]

    var html: String {
        """
        <!doctype html>
        <html lang="zh-Hans">
        <head>
        <meta charset="utf-8">
        <title>优待证邮包破损报告 \(Self.escaped(self.report.trackingNumber))</title>
        <style>
        @page { size: A4; margin: 20mm }
        body { font-family: "Noto Serif CJK SC", "SimSun", serif; line-height: 1.5 }
        h1 { text-align: center; font-size: 1.4em }
        table { border-collapse: collapse; width: 100%; margin: 1em 0 }
        th, td { border: 1px solid #000; padding: 0.3em 0.5em; text-align: left; vertical-align: top }
        th { white-space: nowrap }
        small { color: #333 }
        tr { break-inside: avoid }
        img { max-width: 100%; max-height: 110mm }
        .sign { margin-top: 3em; display: flex; justify-content: space-between }
        </style>
        </head>
        <body>
        <h1>优待证邮包破损报告<br><small>Report of a damaged parcel of cards</small></h1>
        <p>省退役军人服务中心（逐级上报）：<br><small>To the provincial veterans service centre, level by level</small></p>
        <table>
        \(self.facts)
        </table>
        <h2>照片 <small>Photographs</small></h2>
        <table>
        <tr><th>编号 <small>id</small></th><th>SHA-256</th></tr>
        \(self.photos)
        </table>
        <h2>涉及优待证 <small>Cards concerned</small></h2>
        <table>
        <tr><th>受理编号 <small>submission</small></th><th>服务站 <small>station</small></th><th>查找结果 <small>outcome</small></th><th>说明 <small>reason</small></th></tr>
        \(self.cards)
        </table>
        <h2>上报情况 <small>How far it has come</small></h2>
        <table>
        <tr><th>环节 <small>step</small></th><th>时间 <small>when</small></th><th>经办 <small>by</small></th></tr>
        \(self.steps)
        </table>
        <div class="sign"><span>经办人签字 <small>signed</small>：＿＿＿＿＿＿</span><span>单位盖章 <small>seal</small>：＿＿＿＿＿＿</span><span>日期 <small>date</small>：＿＿＿＿＿＿</span></div>
        </body>
        </html>
        """
    }

    private var facts: String {
        let report = self.report
        let refused = report.steps.first { $0.state == .written }
        var rows = [
            ("快递单号", "tracking number", report.trackingNumber),
            ("行政区划", "division", self.division),
            (
                "破损情况", "damage",
                "\(report.damage.map(\.chinese).joined(separator: "、"))（\(report.damage.map(\.english).joined(separator: ", "))）"
            ),
            ("寄出数量", "posted", "\(report.expected)"), ("清点数量", "counted", "\(report.counted)"),
            ("处理", "done", "当面拒收（refused on the spot）"),
            ("拒收时间", "refused at", refused.map { Self.instant($0.at) } ?? ""),
            ("拒收人", "refused by", refused?.by ?? ""),
        ]
        if let note = report.note { rows.append(("情况说明", "remark", note)) }
        if let answer = report.answer { rows.append(("省级答复", "answer", answer)) }
        return rows.map { zh, en, value in
            "<tr><th>\(zh) <small>\(en)</small></th><td>\(Self.escaped(value))</td></tr>"
        }.joined(separator: "\n")
    }

    private var photos: String {
        self.report.photos.map { photo in
            let id = photo.id.uuidString.lowercased()
            let row = "<tr><td>\(id)</td><td>\(photo.sha256)</td></tr>"
            guard let picture = self.pictures[photo.id] else { return row }
            return row + "\n<tr><td colspan=\"2\"><img alt=\"照片 \(id)\" src=\"\(picture)\"></td></tr>"
        }.joined(separator: "\n")
    }

    private var cards: String {
        self.report.cards.map { card in
            let outcome = card.outcome?.chinese ?? "查找中"
            return
                "<tr><td>\(card.submissionID.uuidString.lowercased())</td><td>\(Self.escaped(card.station))</td><td>\(outcome)</td><td>\(Self.escaped(card.reason ?? ""))</td></tr>"
        }.joined(separator: "\n")
    }

    private var steps: String {
        self.report.steps.map { step in
            "<tr><td>\(step.state.chinese) <small>\(step.state.english)</small></td><td>\(Self.instant(step.at))</td><td>\(Self.escaped(step.by))</td></tr>"
        }.joined(separator: "\n")
    }

    /// Day and minute in Asia/Shanghai, which has had no summer time since 1992.
    private static func instant(_ date: Date) -> String {
        let day = CalendarDay(date)
        let minutes = max(0, Int(date.timeIntervalSince(day.startOfDay)) / 60)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day.chinese) \(two(minutes / 60)):\(two(minutes % 60))"
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for character in text {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.append(character)
            }
        }
        return out
    }
}
