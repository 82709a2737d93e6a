import ServiceRuntime

/// 初审: the bureau's initial review, and the record of what city and province decided (R83–R85, N18).
@main
struct ReviewService {
    static func main() async {
        await ServiceProcess.run(
            "review", keys: ReviewConfiguration.keys, migrate: ReviewAssembly.migrate, assemble: ReviewAssembly.services
        )
    }
}
