import CardProgramme
import Configuration
import FoundationEssentials
import ServiceRuntime

/// What notification reads from its configuration.
struct NotificationConfiguration: Sendable {
    let programme: Programme
    let voice: VoiceConfiguration
    /// The providers in the cloud there are keys for.
    let clouds: CloudConfiguration
    /// Nil where there is no mini-program.
    let wechat: WeChatConfiguration?

    /// - Throws: `ConfigurationError` naming the key that is missing or wrong.
    init(_ context: RuntimeContext) throws {
        self.programme = try Self.programme(context.configuration)
        self.voice = try VoiceConfiguration(context.configuration)
        self.clouds = try CloudConfiguration(context.configuration)
        self.wechat = try WeChatConfiguration(context.configuration)
    }

    private static func programme(_ configuration: ConfigReader) throws(ConfigurationError) -> Programme {
        let file = try configuration.required(.programmeFile)
        guard let data = try? Data(contentsOf: URL(filePath: file)), let text = String(validating: data, as: UTF8.self)
        else {
            throw ConfigurationError(
                key: .programmeFile,
                problem: "names \(file), which cannot be read as UTF-8 text: check the path and its permissions.")
        }
        do throws(ProgrammeMistakes) {
            return try Programme.parse(yaml: text, file: file)
        } catch {
            throw ConfigurationError(key: .programmeFile, problem: "names a programme with mistakes: \(error)")
        }
    }
}
