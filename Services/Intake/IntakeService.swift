import ServiceRuntime

/// 受理: the front desk.
@main
struct IntakeService {
    static func main() async {
        await ServiceProcess.run(
            "intake", keys: IntakeConfiguration.keys, migrate: IntakeAssembly.migrate, assemble: IntakeAssembly.services
        )
    }
}
