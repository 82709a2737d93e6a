import ServiceRuntime

@main
struct NotificationService {
    static func main() async {
        await ServiceProcess.run(
            "notification", keys: VoiceConfiguration.keys + CloudConfiguration.keys + WeChatConfiguration.keys,
            migrate: NotificationAssembly.migrate,
            assemble: NotificationAssembly.services)
    }
}
