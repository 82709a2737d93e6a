import FoundationEssentials
import TestSupport
import Testing

/// `youdai programme show` and `amend`, and a rehearsal of plans that offices own.
@Suite(.serialized, .enabled(if: ServiceStandInstallation.current != nil), .timeLimit(.minutes(3)))
struct ProgrammeCommandTests {
    private func file(_ name: String) throws -> String {
        let youdai = try Youdai()
        return URL(filePath: youdai.installation.programmeFile).deletingLastPathComponent().appending(path: name).path
    }

    @Test func theDayOfAProgrammeIsShownChineseFirst() async throws {
        let outcome = try await Youdai().run(
            "programme", "show", try self.file("binhai-2022.yaml"), "--day", "2022-03-20")
        #expect(outcome.isSuccess)
        for text in [
            "2022年3月20日", "120116-02 古林街道 · 银行 banks: 工商银行、农业银行、邮储银行", "2 受理中 open", "3 未开始 not yet",
            "电话预约、入户办理、集中办理、双方约定", "具有本区户籍的享受国家定期抚恤补助的优抚对象", "*假设 assumed", "登记建档",
        ] { #expect(outcome.output.contains(text), "\(text)") }
        let wrong = try await Youdai().run(
            "programme", "show", try self.file("binhai-2022.yaml"), "--day", "2022-02-30")
        #expect(wrong.ending == .exited(1) && wrong.errors.contains("is not a date that exists"))
    }

    @Test func assumptionsAreReportedByTheCheck() async throws {
        let outcome = try await Youdai().run("programme", "check", try self.file("binhai-2022.yaml"))
        #expect(outcome.isSuccess)
        #expect(outcome.output.contains("note: 假设（plans.120116-06.phases.2）"))
        #expect(outcome.output.contains("6 plans with 12 phases"))
    }

    @Test func anAmendmentSaysWhatItChanges() async throws {
        let youdai = try Youdai()
        let old = try self.file("binhai-2022.yaml")
        let text = String(decoding: try Data(contentsOf: URL(filePath: old)), as: UTF8.self)
        try await youdai.withTemporaryDirectory { directory in
            let new = "\(directory)/new.yaml"
            try Data(
                text.replacing("version: 1", with: "version: 2\namends: 1")
                    .replacing("from: 2022-03-15", with: "from: 2022-03-10").utf8
            ).write(to: URL(filePath: new))
            let outcome = try await youdai.run("programme", "amend", old, new)
            #expect(outcome.isSuccess)
            #expect(outcome.output.contains("第1版 → 第2版"))
            #expect(outcome.output.contains("古林街道第2阶段期限：2022-03-15 – … → 2022-03-10 – …"))
            #expect(outcome.output.contains("3 changes"))
            let back = try await youdai.run("programme", "amend", new, old)
            #expect(back.ending == .exited(1) && back.errors.contains("higher version"))
            // A kind of material nobody knows.
            try Data((text + "\nmaterials: [{kind: veteran, also: [pedigree]}]\n").utf8).write(to: URL(filePath: new))
            let unknown = try await youdai.run("programme", "check", new)
            #expect(unknown.ending == .exited(1) && unknown.errors.contains("no kind of material “pedigree”"))
        }
    }

    @Test func thePlansOfSixOfficesCanBeRehearsed() async throws {
        let outcome = try await Youdai().run(
            "rehearse", try self.file("binhai-2022.yaml"), "--people", "120", "--seed", "5")
        #expect(outcome.isSuccess, "\(outcome.errors)")
        #expect(outcome.output.contains("people 120, submitted 120, "))
        #expect(outcome.output.contains("审计 Audit: clean"))
        #expect(outcome.output.contains("首日 First days"))
        #expect(outcome.output.contains("第3阶段 phase 3"))
        // Everything is done before the programme's end (R54).
        #expect(outcome.output.contains("last day 2022-"))
    }
}
