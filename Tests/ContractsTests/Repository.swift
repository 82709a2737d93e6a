import FoundationEssentials

/// The files of this working tree that tests compare with.
enum Repository {
    /// The root, from where this file was compiled.
    static let root: String = {
        let file = URL(filePath: #filePath)
        return file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    }()

    static var fixtures: String { "\(Self.root)/Tests/ContractsTests/Fixtures" }

    /// - Returns: nil when there is no such file.
    static func bytes(_ path: String) -> [UInt8]? {
        (try? Data(contentsOf: URL(filePath: path))).map { Array($0) }
    }

    static func names(in directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    }
}
