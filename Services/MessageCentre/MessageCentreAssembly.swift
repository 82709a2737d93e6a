import NIOPosix
import ServiceLifecycle
import ServiceRuntime

/// Puts the message centre together. The only file that knows all concrete types.
enum MessageCentreAssembly {
    /// Everything long-lived, in the order of dependence.
    static func services(_ context: LoneContext) async throws -> [any Service] {
        let configuration = try MessageCentreConfiguration(context.configuration)
        // One thread for all sessions: the processor belongs to what is tried out.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let centre = MessageCentre(settings: configuration.settings, loop: group.next(), clock: context.clock)
        let control = try ControlServer.make(context: context, centre: centre, secret: configuration.secret)
        let smpp = SMPPServer(
            port: configuration.port, centre: centre, group: group, logger: context.logger)
        return [smpp, control]
    }
}
