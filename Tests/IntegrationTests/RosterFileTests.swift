import Contracts
import FoundationEssentials
import TestSupport
import Testing

extension Integration {
    /// `youdai roster import`: files as offices have them, whole, broken and twice.
    @Suite struct RosterFileTests {
        private struct Outcome {
            let status: Int
            let output: String
            let errors: String

            /// Created, updated, unchanged, not taken in, likely doubles: the figures of the table.
            var figures: [Int] {
                self.output.split(separator: "\n").compactMap { line in
                    let words = line.split(separator: " ")
                    guard ["新建", "更新", "无变化", "未入库", "疑似重复"].contains(words.first ?? "") else { return nil }
                    return Int(words.filter { $0.allSatisfy(\.isASCII) && $0.allSatisfy(\.isNumber) }.joined())
                }
            }
        }

        private func youdai(_ words: [String]) async throws -> Outcome {
            let stand = try await ServiceStand.shared()
            let result = try await stand.command(
                "youdai", words, ["PATH": "/usr/bin:/bin", "YOUDAI_CONFIG": stand.installation.file])
            return Outcome(status: result.status, output: result.output, errors: result.errors)
        }

        private func generated(_ people: Int, seed: Int, _ encoding: String) async throws -> [UInt8] {
            let stand = try await ServiceStand.shared()
            let file = "\(stand.directory)/roster-\(seed)-\(encoding).csv"
            let result = try await self.youdai([
                "roster", "generate", stand.installation.programmeFile, "--people", "\(people)", "--seed", "\(seed)",
                "--encoding", encoding, "--output", file,
            ])
            #expect(result.status == 0, "\(result.errors)")
            return Array(try Data(contentsOf: URL(filePath: file)))
        }

        private func importing(_ bytes: [UInt8], name: String, _ options: [String] = []) async throws -> Outcome {
            let stand = try await ServiceStand.shared()
            let file = "\(stand.directory)/\(name).csv"
            try Data(bytes).write(to: URL(filePath: file))
            return try await self.youdai(
                ["roster", "import", file, "--intake", "127.0.0.1:\(try stand.instance(.intake).port)"] + options)
        }

        @Test func oneRosterInBothEncodingsIsTheSamePeople() async throws {
            let utf8 = try await self.importing(try await self.generated(150, seed: 901, "utf8"), name: "whole")
            #expect(utf8.status == 0 && utf8.figures == [150, 0, 0, 0, 0], "\(utf8)")
            let other = try await self.importing(try await self.generated(150, seed: 901, "gb18030"), name: "gb")
            #expect(other.status == 0 && other.figures == [0, 0, 150, 0, 0], "\(other)")
            #expect(other.output.contains("gb18030"))
        }

        @Test func aFileCutOffInTheMiddleKeepsWhatIsWholeAndGoesOnWhenItIsWhole() async throws {
            let bytes = try await self.generated(120, seed: 902, "utf8")
            let cut = try await self.importing(Array(bytes.prefix(bytes.count / 2 + 11)), name: "cut")
            let kept = cut.figures.first ?? 0
            #expect(cut.status == 1 && kept > 40 && kept < 80 && cut.figures[3] == 1, "\(cut)")
            let whole = try await self.importing(bytes, name: "cut")
            #expect(whole.status == 0 && whole.figures == [120 - kept, 0, kept, 0, 0], "\(whole)")
        }

        @Test func brokenLinesInTheMiddleCostThemselvesAndAreReported() async throws {
            var lines = String(decoding: try await self.generated(100, seed: 903, "utf8"), as: UTF8.self)
                .split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
            lines[10] = "\"" + lines[10]
            lines[20] = lines[20].replacing("是,", with: "")
            lines[30] = lines[30].replacing("341602", with: "991602")
            lines[40] = lines[40].replacing(",", with: "，")
            let report = "\(try await ServiceStand.shared().directory)/bad.csv"
            let result = try await self.importing(
                Array(lines.joined(separator: "\r\n").utf8), name: "broken", ["--report", report])
            #expect(result.status == 1 && result.figures == [96, 0, 0, 4, 0], "\(result)")
            let said = String(decoding: try Data(contentsOf: URL(filePath: report)), as: UTF8.self)
            for line in [11, 21, 31, 41] {
                #expect(result.output.contains("第\(line)行"), "\(line)")
                #expect(said.contains("\"\(line)\",\"") && result.output.contains("line \(line):"), "\(line)")
            }
            // What was wrong is said without saying whose it is.
            #expect(!result.output.contains("测试路") && !said.contains("测试路"))
        }

        @Test func twoTerminalsWithOneFileDoubleNobody() async throws {
            let bytes = try await self.generated(2_500, seed: 904, "gb18030")
            async let one = self.importing(bytes, name: "terminal-one")
            async let other = self.importing(bytes, name: "terminal-other")
            let results = try await [one, other]
            #expect(results.allSatisfy { $0.status == 0 }, "\(results)")
            #expect(results.reduce(0) { $0 + $1.figures[0] } == 2_500)
            #expect(results.reduce(0) { $0 + $1.figures[2] } == 2_500)
        }

        @Test func filesThatAreNoRosterAreRefusedWithWhatToDo() async throws {
            let cases: [(what: String, bytes: [UInt8], said: String)] = [
                ("nothing", [], "文件是空的"), ("a workbook", Array("PK\u{3}\u{4}".utf8), "另存为"),
                ("UTF-16", [0xFF, 0xFE, 0x2D, 0x4E], "UTF-16"), ("no headings", Array("测试甲,1\n".utf8), "缺少"),
                ("neither encoding", Array("姓名,".utf8) + [0xFF, 0xFF, 0x0A], "编码"),
                ("an unclosed first line", Array("\"姓名,身份证号\n".utf8), "引号"),
            ]
            for item in cases {
                let result = try await self.importing(item.bytes, name: "none")
                #expect(result.status == 1, "\(item.what): \(result)")
                #expect(result.errors.contains(item.said), "\(item.what): \(result.errors)")
            }
            let missing = try await self.youdai(["roster", "import", "/nonexistent.csv"])
            #expect(missing.status == 1 && missing.errors.contains("/nonexistent.csv"))
            let encoding = try await self.youdai(["roster", "import", "/nonexistent.csv", "--encoding", "latin1"])
            #expect(encoding.status == 1 && encoding.errors.contains("latin1"))
        }
    }
}
