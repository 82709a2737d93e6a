import Access
import CardProgramme
import Contracts
import FoundationEssentials
import ServiceRuntime

/// Records a file of decisions of city, province and bank, a few hundred rows a call, whatever the file's size.
///
/// A row that cannot be read, or that review does not take, is reported with its line; all others are kept. The same file
/// again changes nothing, so whoever is not sure imports it once more.
struct DecisionImport: Sendable {
    struct Figures: Sendable, Equatable {
        var recorded = 0
        var known = 0
        var contradicting = 0
        var refused = 0
        var unreadable = 0

        var isClean: Bool { self.contradicting + self.refused + self.unreadable == 0 }

        var text: String {
            "已登记 recorded \(self.recorded) · 此前已登记 known \(self.known) · 矛盾待处理 contradicting \(self.contradicting) · 未采纳 refused \(self.refused) · 无法读取 unreadable \(self.unreadable)\n"
        }
    }

    let desk: Desk
    /// Tells about one row: its line, and what is wrong with it in both languages.
    let report: @Sendable (Int, RowProblem) -> Void

    /// As many rows as review takes in one call.
    private static let batch = 500
    private static let piece = 1 << 16

    private struct Progress {
        var columns: DecisionColumns?
        var waiting: [(line: Int, item: CaseAPI.SuperiorDecisions.Item)] = []
        var figures = Figures()
        var isFirstPiece = true
    }

    /// - Throws: ``OperationsError`` when the file cannot be read, or review does not answer or does not let us.
    func run(_ file: String) async throws -> Figures {
        guard let descriptor = SystemCalls.openForReading(file) else {
            throw OperationsError(
                "\(file) 无法打开，请检查路径和权限。 · \(file) cannot be opened: check the path and its permissions.")
        }
        defer { SystemCalls.close(descriptor) }
        var reader = CSVReader()
        var progress = Progress()
        var rows: [CSVReader.Row] = []
        while true {
            guard let bytes = SystemCalls.read(from: descriptor, upTo: Self.piece) else {
                throw OperationsError("\(file) 无法读取，请检查是否为文件。 · \(file) cannot be read: check that it is a file.")
            }
            if bytes.isEmpty { break }
            var piece = bytes[...]
            // Excel writes a mark in front of UTF-8.
            if progress.isFirstPiece, piece.starts(with: [0xEF, 0xBB, 0xBF]) { piece = piece.dropFirst(3) }
            progress.isFirstPiece = false
            reader.read(piece) { rows.append($0) }
            try await self.take(&rows, &progress)
        }
        reader.finish { rows.append($0) }
        try await self.take(&rows, &progress)
        try await self.send(&progress)
        guard progress.columns != nil else {
            throw OperationsError("\(file) 是空文件或首行无法识别。 · \(file) is empty, or its first line cannot be read.")
        }
        return progress.figures
    }

    private func take(_ rows: inout [CSVReader.Row], _ progress: inout Progress) async throws {
        defer { rows.removeAll(keepingCapacity: true) }
        for row in rows {
            do throws(RowProblem) {
                try Self.read(row, &progress)
            } catch {
                guard progress.columns != nil else {
                    throw OperationsError("第\(row.line)行：\(error.zh) · line \(row.line): \(error.en).")
                }
                progress.figures.unreadable += 1
                self.report(row.line, error)
            }
            if progress.waiting.count == Self.batch { try await self.send(&progress) }
        }
    }

    private static func read(_ row: CSVReader.Row, _ progress: inout Progress) throws(RowProblem) {
        guard case .fields(let bytes, let line) = row else {
            throw RowProblem(zh: "引号不成对，本行无法读取。", en: "a quote is not closed, so the row cannot be read")
        }
        var fields: [String] = []
        for field in bytes {
            guard let text = String(validating: field, as: UTF8.self) else {
                throw RowProblem(
                    zh: "不是 UTF-8 文字，请另存为“CSV UTF-8”后重新导入。", en: "this is not UTF-8: save the file as “CSV UTF-8”")
            }
            fields.append(text)
        }
        guard let columns = progress.columns else {
            progress.columns = try DecisionColumns(header: fields)
            return
        }
        progress.waiting.append((line, try CaseAPI.SuperiorDecisions.Item(fields, columns)))
    }

    private func send(_ progress: inout Progress) async throws {
        let waiting = progress.waiting
        progress.waiting = []
        guard !waiting.isEmpty else { return }
        let answer: CaseAPI.SuperiorOutcomes
        do {
            answer = try await self.desk.post(
                .review, "/api/decisions", CaseAPI.SuperiorDecisions(decisions: waiting.map(\.item)), as: .superior,
                answer: CaseAPI.SuperiorOutcomes.self)
        } catch let refusal as Desk.Refusal {
            throw OperationsError("初审服务未接收该清单 · Review did not take the list: \(refusal)")
        }
        guard answer.outcomes.count == waiting.count else {
            throw OperationsError("Review answered about \(answer.outcomes.count) of \(waiting.count) rows.")
        }
        for (row, outcome) in zip(waiting, answer.outcomes) {
            switch outcome.result {
            case .recorded: progress.figures.recorded += 1
            case .alreadyRecorded: progress.figures.known += 1
            case .contradicts, .refused:
                if outcome.result == .refused {
                    progress.figures.refused += 1
                } else {
                    progress.figures.contradicting += 1
                }
                self.report(row.line, RowProblem(zh: outcome.chinese ?? "", en: outcome.english ?? ""))
            }
        }
    }
}
