/// Something in a programme file that is no mistake but that its reader should know.
package struct ProgrammeNote: Hashable, Sendable, CustomStringConvertible {
    package let file: String
    package let line: Int
    package let zh: String
    package let en: String

    /// The note as compilers print one: "file:line: note: …".
    package var description: String { "\(self.file):\(self.line): note: \(self.zh) · \(self.en)" }
}

extension Programme {
    /// What `programme check` shows beside mistakes: the assumptions the file makes, and what the calendar cannot know.
    package func notes(file: String, calendar: WorkingDayCalendar = .china) -> [ProgrammeNote] {
        var notes = self.assumptions.map { assumption in
            ProgrammeNote(
                file: file, line: assumption.line, zh: "假设（\(assumption.about)）：\(assumption.zh)",
                en: "assumption (\(assumption.about)): \(assumption.en)")
        }
        for plan in self.plans {
            let name = self.station(plan.station)?.name ?? plan.station
            let silent = plan.phases.filter { $0.window == nil }.map { String($0.number) }
            guard !silent.isEmpty else { continue }
            notes.append(
                ProgrammeNote(
                    file: file, line: plan.line,
                    zh: "\(name)第\(silent.joined(separator: "、"))阶段尚未公布日期，公布前不受理其申领（登记照常）；请以修订版补上 from。",
                    en:
                        "\(plan.station) phase \(silent.joined(separator: ", ")) has no date yet and admits nobody (registration goes on); give its from in an amendment"
                ))
        }
        let end = self.window.through ?? .latest
        if self.window.through == nil {
            notes.append(
                ProgrammeNote(
                    file: file, line: 1, zh: "方案未写结束日，按长期有效处理。", en: "the programme names no end and stays open"))
        }
        if !calendar.isKnown(self.window.from) || !calendar.isKnown(end) {
            notes.append(
                ProgrammeNote(
                    file: file, line: 1,
                    zh:
                        "工作日历 \(calendar.version) 只涵盖 \(calendar.knownFrom) 至 \(calendar.knownThrough)，方案期限超出部分的到期日为暂定。",
                    en:
                        "the working-day calendar \(calendar.version) covers \(calendar.knownFrom) to \(calendar.knownThrough); due dates of this programme outside it are provisional"
                ))
        }
        return notes.sorted { $0.line < $1.line }
    }
}
