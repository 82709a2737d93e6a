import ServiceRuntime

@main
struct IssuanceService {
    static func main() async {
        await ServiceProcess.run("issuance", migrate: IssuanceAssembly.migrate, assemble: IssuanceAssembly.services)
    }
}
