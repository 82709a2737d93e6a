import CardProgramme
import FoundationEssentials

extension RuntimeContext {
    /// The programme named by `PROGRAMME_FILE`.
    ///
    /// - Throws: ``ConfigurationError`` when the file cannot be read; with every mistake in it, one a line, when it cannot
    ///   be used.
    package func programme() throws(ConfigurationError) -> Programme {
        let file = try self.configuration.required(.programmeFile)
        guard let data = try? Data(contentsOf: URL(filePath: file)), let text = String(validating: data, as: UTF8.self)
        else {
            throw ConfigurationError(
                key: .programmeFile,
                problem: "names \(file), which cannot be read as UTF-8 text: check the path and its permissions.")
        }
        do throws(ProgrammeMistakes) {
            return try Programme.parse(yaml: text, file: file)
        } catch {
            throw ConfigurationError(key: .programmeFile, problem: "names a programme with mistakes:\n\(error)")
        }
    }
}
