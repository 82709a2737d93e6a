import Glibc

enum ProcessSignals {
    static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }
}
