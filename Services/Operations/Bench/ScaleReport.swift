import FoundationEssentials

/// The table of `youdai bench scale`: one column a total.
struct ScaleReport: Sendable {
    let results: [PipelineResult]

    var text: String {
        guard let first = self.results.first else { return "" }
        var rows = [["submissions"] + self.results.map { Numbers.grouped($0.count) }]
        rows.append(["per second"] + self.results.map { Numbers.fixed($0.rate, 1) })
        func cost(_ result: PipelineResult, _ name: String) -> Double {
            (result.cost.cpu[name] ?? 0) * 1000 / Double(result.count)
        }
        for name in first.names {
            rows.append(["CPU s per 1 000: \(name)"] + self.results.map { Numbers.fixed(cost($0, name), 2) })
        }
        func total(_ result: PipelineResult) -> Double { result.cost.total * 1000 / Double(result.count) }
        rows.append(["CPU s per 1 000: all"] + self.results.map { Numbers.fixed(total($0), 2) })
        rows.append(
            ["  of the first column's"] + self.results.map { "\(Numbers.fixed(total($0) / total(first), 2)) ×" })
        rows.append(
            ["clock per submission, of the first"] + self.results.map { "\(Numbers.fixed(first.rate / $0.rate, 2)) ×" })
        for name in first.names {
            rows.append(
                ["peak MB: \(name)"]
                    + self.results.map { result in
                        let memory = result.memory.first { $0.name == name }?.memory
                        return Numbers.megabytes(max(memory?.peak ?? 0, memory?.resident ?? 0))
                    })
        }
        rows.append(["other programs"] + self.results.map { "\(Numbers.fixed($0.cost.othersShare * 100)) %" })
        return "规模 Cost by total\n" + Terminal.table(rows) + self.results.map { "  \($0.audit)\n" }.joined()
    }
}
