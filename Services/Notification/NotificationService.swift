import ServiceRuntime

@main
struct NotificationService {
    static func main() async {
        await ServiceProcess.run(
            "notification", migrate: NotificationAssembly.migrate, assemble: NotificationAssembly.services)
    }
}
