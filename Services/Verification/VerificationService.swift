import ServiceRuntime

/// 核实: the district centre verifies what the stations accepted (R80–R82).
@main
struct VerificationService {
    static func main() async {
        await ServiceProcess.run(
            "verification", keys: VerificationConfiguration.keys, migrate: VerificationAssembly.migrate,
            assemble: VerificationAssembly.services)
    }
}
