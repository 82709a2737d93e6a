import FoundationEssentials
import Subprocess
import Testing

/// What a reader sees in a PDF, by poppler, which shares nothing with the library that made it.
enum PDFText {
    static func read(_ bytes: [UInt8]) async throws -> String {
        let result = try await Subprocess.run(
            .name("pdftotext"), arguments: ["-enc", "UTF-8", "-", "-"], input: .array(bytes),
            output: .string(limit: 4 << 20), error: .string(limit: 1 << 16))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        return result.standardOutput
    }
}
