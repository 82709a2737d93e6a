import FoundationEssentials
import Glibc

/// Writes over the beginning of a file in place, as a conductor does.
final class FileHandleWriter {
    private let descriptor: CInt

    init?(path: String) {
        self.descriptor = unsafe open(path, O_WRONLY)
        guard self.descriptor >= 0 else { return nil }
    }

    deinit { close(self.descriptor) }

    func overwrite(_ data: Data) {
        _ = unsafe Array(data).withUnsafeBytes { unsafe pwrite(self.descriptor, $0.baseAddress, $0.count, 0) }
    }
}
