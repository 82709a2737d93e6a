import Glibc

/// Loopback ports nobody listens on, below the range the system hands out for outgoing connections.
struct FreePorts {
    private var candidate = Int.random(in: 20_000..<29_000)

    mutating func next() throws(OperationsError) -> Int {
        for _ in 0..<3_000 {
            self.candidate += 1
            if Self.isFree(self.candidate) { return self.candidate }
        }
        throw OperationsError("There is no free port between 20000 and 32000 on 127.0.0.1.")
    }

    static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // As a service binds it: connections of one that has ended do not keep a port taken, somebody who listens does.
        var on: CInt = 1
        guard
            unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size)) == 0
        else { return false }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        // 127.0.0.1
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
