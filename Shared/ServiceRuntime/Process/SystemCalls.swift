import FoundationEssentials
import Glibc

/// The system calls this project makes besides those of its C libraries, in one file because they take pointers.
///
/// Each gives a plain value; none throws, because what a failure means is for the caller to say.
package enum SystemCalls {
    /// Writes all of it, however many calls that takes (write(2)).
    ///
    /// - Returns: false when the descriptor takes no more: closed by its reader, or a full disk.
    @discardableResult
    package static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written < 0, errno == EINTR {
                continue
            } else {
                return false
            }
        }
        return true
    }

    /// Opens a file that is there, for reading (open(2)); child processes do not inherit it.
    package static func openForReading(_ path: String) -> CInt? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        return descriptor >= 0 ? descriptor : nil
    }

    /// The next piece of a file, at most so many bytes (read(2)); empty at its end, nil when it cannot be read.
    package static func read(from descriptor: CInt, upTo count: Int) -> [UInt8]? {
        while true {
            var got = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                got = unsafe Glibc.read(descriptor, buffer.baseAddress, count)
                initialized = max(got, 0)
            }
            if got >= 0 { return bytes }
            guard errno == EINTR else { return nil }
        }
    }

    /// Gives a descriptor back (close(2)).
    package static func close(_ descriptor: CInt) { _ = Glibc.close(descriptor) }

    /// Makes or opens a file for its owner's eyes only (open(2)).
    ///
    /// - Parameter isNew: Fails when the file is there already.
    package static func openForWriting(_ path: String, isNew: Bool = false) -> CInt? {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (isNew ? O_EXCL : 0), 0o600)
        return descriptor >= 0 ? descriptor : nil
    }

    /// The first eight bytes as a little-endian number: one pread(2), which sees one pwrite(2) of the same eight bytes
    /// wholly or not at all.
    package static func readNumber(from descriptor: CInt) -> Int64? {
        var value: Int64 = 0
        let count = unsafe withUnsafeMutableBytes(of: &value) { buffer in
            unsafe pread(descriptor, buffer.baseAddress, 8, 0)
        }
        return count == 8 ? Int64(littleEndian: value) : nil
    }

    /// Reads what there is, up to a number of bytes (read(2)); empty at the end of the file.
    ///
    /// - Parameter buffer: its first bytes are replaced.
    /// - Returns: how many were read; nil when the descriptor cannot be read.
    package static func read(into buffer: inout [UInt8], from descriptor: CInt) -> Int? {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { return count }
            guard errno == EINTR else { return nil }
        }
    }

    /// Replaces the first eight bytes with a little-endian number, in one pwrite(2).
    package static func writeNumber(_ number: Int64, to descriptor: CInt) -> Bool {
        var value = number.littleEndian
        return unsafe pwrite(descriptor, &value, 8, 0) == 8
    }

    /// Ends the process at once, when what stdio still holds has been written (_exit(2)).
    ///
    /// Not exit(3): that runs the clean-up of OpenSSL and Kerberos while threads may still be closing their connections,
    /// which has ended processes by a signal after everything was done and said.
    package static func end(_ status: CInt) -> Never {
        _ = unsafe fflush(nil)
        _exit(status)
    }

    /// Sets or removes a variable of this process' environment, for the processes it starts (setenv(3)).
    ///
    /// - Important: Only where nobody else reads the environment meanwhile: the C library gives out pointers into it.
    package static func setEnvironment(_ name: String, _ value: String?) {
        if let value {
            _ = unsafe setenv(name, value, 1)
        } else {
            _ = unsafe unsetenv(name)
        }
    }

    /// Processor time of this process in seconds: `CLOCK_PROCESS_CPUTIME_ID` (clock_gettime(2)).
    package static func processorSeconds() -> Double? {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
