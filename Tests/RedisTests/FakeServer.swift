import Dispatch
import Glibc
import NIOConcurrencyHelpers

/// A listener that greets as Redis does and then answers each connection's bytes with whatever a test says.
final class FakeServer: Sendable {
    /// What to do with what has come on a connection after its greeting.
    enum Answer: Sendable {
        case send([UInt8])
        case sendAndClose([UInt8])
        /// Says nothing, and keeps the connection open.
        case silence
    }

    private struct State {
        var connections: [CInt] = []
        var isClosed = false
    }

    let port: Int
    private let listener: CInt
    private let state = NIOLockedValueBox(State())
    private let greeting: @Sendable (_ connection: Int) -> [UInt8]
    private let answer: @Sendable (_ connection: Int, _ request: [UInt8]) -> Answer

    /// - Parameters:
    ///   - greeting: Answers to `CLIENT SETNAME`, `INFO server` and `INFO persistence`.
    ///   - answer: Given the number of the connection, from 0, and what came in one piece.
    init(
        greeting: @escaping @Sendable (_ connection: Int) -> [UInt8] = { _ in FakeServer.greeting() },
        _ answer: @escaping @Sendable (_ connection: Int, _ request: [UInt8]) -> Answer
    ) throws {
        self.greeting = greeting
        self.answer = answer
        self.listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.listener
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, generic, &size) == 0
            }
        }
        self.port = Int(UInt16(bigEndian: address.sin_port))
        guard status else { throw FakeServerError() }
        // Threads of their own: they block.
        DispatchQueue(label: "fake redis").async { self.accept() }
    }

    struct FakeServerError: Error {}

    func close() {
        let connections = self.state.withLockedValue { state in
            state.isClosed = true
            return state.connections
        }
        shutdown(self.listener, Int32(SHUT_RDWR))
        for connection in connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }

    /// Says something on a connection, asked or not.
    func say(_ bytes: [UInt8], on connection: Int) {
        let descriptor = self.state.withLockedValue { $0.connections[connection] }
        _ = unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private func accept() {
        while true {
            let descriptor = unsafe Glibc.accept(self.listener, nil, nil)
            if descriptor < 0 { break }
            let number = self.state.withLockedValue { state -> Int in
                state.connections.append(descriptor)
                return state.connections.count - 1
            }
            DispatchQueue(label: "fake redis \(number)").async { self.serve(number, descriptor) }
        }
        Glibc.close(self.listener)
    }

    private func serve(_ number: Int, _ descriptor: CInt) {
        var seen: [UInt8] = []
        var isGreeted = false
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(descriptor, &piece, piece.count, 0)
            if count <= 0 { return }
            if !isGreeted {
                seen += piece.prefix(count)
                guard String(decoding: seen, as: UTF8.self).contains("persistence\r\n") else { continue }
                isGreeted = true
                self.say(self.greeting(number), on: number)
                continue
            }
            switch self.answer(number, Array(piece.prefix(count))) {
            case .send(let bytes): self.say(bytes, on: number)
            case .sendAndClose(let bytes):
                self.say(bytes, on: number)
                shutdown(descriptor, Int32(SHUT_RDWR))
                return
            case .silence: break
            }
        }
    }

    /// As a server that is ready says it, but for what is changed.
    static func greeting(
        server: String = "# Server\r\nrun_id:0123456789012345678901234567890123456789\r\n",
        persistence: String = "# Persistence\r\nloading:0\r\n"
    ) -> [UInt8] {
        Array(
            "+OK\r\n$\(server.utf8.count)\r\n\(server)\r\n$\(persistence.utf8.count)\r\n\(persistence)\r\n".utf8)
    }
}
