import TestSupport
import Testing

/// Everything that needs the five services running, one test at a time: they share a programme clock and compare what
/// the databases hold.
@Suite(
    .serialized, .enabled(if: ServiceStand.isAvailable, "needs YOUDAI_TEST_CONFIG, as compose/test sets it"),
    .timeLimit(.minutes(4)))
enum Integration {}
