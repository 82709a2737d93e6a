import ServiceRuntime

@main
struct MessageCentreService {
    static func main() async {
        await ServiceProcess.runAlone(
            "message-centre", keys: MessageCentreConfiguration.keys, assemble: MessageCentreAssembly.services)
    }
}
