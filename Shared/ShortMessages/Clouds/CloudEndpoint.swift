import FoundationEssentials
import HTTPCalls

/// Where a provider in the cloud is reached. Without TLS only on this machine: keys never leave it in the clear.
package struct CloudEndpoint: Sendable {
    let host: String
    let port: Int
    let security: ConnectionSecurity?

    /// - Parameter security: From `TLSCalls`, for the provider's name.
    package static func tls(host: String, port: Int = 443, security: ConnectionSecurity) -> CloudEndpoint {
        CloudEndpoint(host: host, port: port, security: security)
    }

    /// A relay on this machine that speaks TLS for us, or a test.
    package static func loopback(port: Int) -> CloudEndpoint {
        CloudEndpoint(host: "127.0.0.1", port: port, security: nil)
    }

    /// - Parameter authority: The provider's own name, which is signed.
    func caller(authority: String, connections: Int, timeout: Duration) -> HTTPCaller {
        HTTPCaller(
            host: self.host, port: self.port, connections: connections, timeout: timeout, idle: .seconds(5),
            authority: authority, security: self.security)
    }
}

/// A key that signs requests. Its description shows nothing.
package struct CloudKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// Names the key; travels with each request.
    let id: String
    let secret: String

    package init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }

    package var description: String { "key" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
