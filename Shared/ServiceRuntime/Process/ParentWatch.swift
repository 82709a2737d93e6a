import Glibc
import Logging
import ServiceLifecycle

/// Ends a service when the process that started it has gone.
///
/// `youdai rehearse` and `youdai bench` start services of their own. When they are killed in a way they cannot catch,
/// nobody is left to stop those; the kernel then gives them another parent (getppid(2)), and that is what is looked for.
struct ParentWatch: Service {
    let parent: pid_t
    let logger: Logger

    /// Returns, which stops the process in good order, when the parent has gone or the process is stopping anyway.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while getppid() == self.parent {
                guard (try? await Task.sleep(for: .milliseconds(500))) != nil else { return }
            }
            self.logger.notice("the process that started this one has gone: stopping")
        }
    }
}
