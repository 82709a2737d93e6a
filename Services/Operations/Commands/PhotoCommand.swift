import ArgumentParser
import CardProgramme
import FoundationEssentials
import Glibc
import Portrait
import ServiceRuntime

/// `youdai photo`: the card's photo rule for the counter, before somebody has gone home again (N16, R27).
struct PhotoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "photo",
        abstract: "证件照：检查是否符合要求，生成演练用的合成照片 · Judge a photo by the card's rule; draw a synthetic one.",
        subcommands: [Check.self, Sample.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "检查照片，一次列出全部不符合之处 · Everything that is wrong with a photo, at once.")

        @Argument(help: "A JPEG file.", completion: .file(extensions: ["jpg", "jpeg"]))
        var file: String

        func run() throws {
            guard let bytes = try? Data(contentsOf: URL(filePath: self.file)) else {
                throw OperationsError("\(self.file) cannot be read: check the path and its permissions.")
            }
            let faults = PortraitCheck.faults(of: Array(bytes))
            guard !faults.isEmpty else {
                Terminal.write(
                    "照片可从图像判断的各项均符合要求；拍摄时间和是否着制式服装须人工核对。\nEvery point that pixels show is satisfied; when it was taken, and that no uniform is worn, somebody must see.\n"
                )
                return
            }
            for fault in faults { Terminal.write("\(fault.chinese) \(fault.english)\n") }
            throw ExitCode(1)
        }
    }

    struct Sample: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sample",
            abstract:
                "输出一张合成照片（非真人，符合要求） · Write a drawn portrait of nobody that satisfies the rule to standard output.")

        @Option(help: "Different for each number.")
        var number = 1

        @Option(help: "Size in bytes to fill up to.")
        var bytes = 0

        func run() throws {
            guard (0...2_000_000).contains(self.bytes) else { throw OperationsError("--bytes is from 0 to 2000000.") }
            SystemCalls.write(SyntheticPortrait.picture(of: self.number, bytes: self.bytes), to: STDOUT_FILENO)
        }
    }
}
