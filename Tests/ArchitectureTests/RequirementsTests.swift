import Testing

/// Every row of the two documents and of the national rules is either shown by a test, or named as waiting or as no matter of
/// software: `Tests/requirements.csv`, which `youdai requirements` prints.
struct RequirementsTests {
    private let tree = SourceTree.this

    private struct Row {
        let id: String
        let kind: String
        let proof: String
        let what: String
    }

    private var rows: [Row] {
        (self.tree.text("Tests/requirements.csv")?.text ?? "").split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: ",", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            return Row(
                id: cells.first ?? "", kind: cells.dropFirst().first ?? "", proof: cells.dropFirst(2).first ?? "",
                what: cells.dropFirst(3).first ?? "")
        }
    }

    @Test func everyRowOfTheRequirementsStandsOnce() {
        let wanted = (1...150).map { "R\($0)" } + (1...35).map { "N\($0)" }
        #expect(self.rows.map(\.id) == wanted)
        #expect(self.rows.allSatisfy { !$0.what.isEmpty })
    }

    @Test func whatATestShowsIsShownByATestThereIs() {
        let tests = self.tree.swift(under: "Tests/")
        for row in self.rows where row.kind == "test" {
            let names = row.proof.split(separator: " ")
            #expect(!names.isEmpty, "\(row.id) names no test")
            for name in names {
                let parts = name.split(separator: "/")
                #expect(parts.count == 2, "\(row.id): \(name) is not Suite/test")
                guard parts.count == 2 else { continue }
                let isThere = tests.contains { file in
                    let text = file.text
                    return text.contains("struct \(parts[0])") && text.contains("func \(parts[1])(")
                }
                #expect(isThere, "\(row.id): there is no test \(name)")
            }
        }
    }

    @Test func whatIsNotShownSaysWhatItWaitsFor() {
        for row in self.rows where row.kind != "test" {
            switch row.kind {
            case "issue": #expect(row.proof.allSatisfy(\.isNumber) && !row.proof.isEmpty, "\(row.id)")
            case "later", "outside": #expect(!row.proof.isEmpty, "\(row.id) says neither what it waits for nor why")
            default: Issue.record("\(row.id): \(row.kind) is none of test, issue, later, outside")
            }
        }
    }
}
