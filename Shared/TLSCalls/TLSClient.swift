import HTTPCalls
import NIOCore
import NIOSSL

/// Whose certificates are believed.
package enum TLSTrust: Sendable {
    /// What the machine has installed (`ca-certificates`).
    case system
    /// These authorities and no others, as PEM, one or more in a row.
    case authorities(pem: String)
}

/// The client's side of TLS: who is trusted, made once and used for any number of servers.
package struct TLSClient: Sendable {
    private let context: NIOSSLContext

    /// - Throws: An `NIOSSLError` where the authorities cannot be read.
    package init(trust: TLSTrust = .system) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.applicationProtocols = ["http/1.1"]
        switch trust {
        case .system: configuration.trustRoots = .default
        case .authorities(let pem):
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(pem.utf8)))
        }
        self.context = try NIOSSLContext(configuration: configuration)
    }

    /// - Parameter serverName: The name the certificate must carry. An address is none.
    package func security(for serverName: String) -> ConnectionSecurity {
        let context = self.context
        return ConnectionSecurity { channel in
            let handler = try NIOSSLClientHandler(context: context, serverHostname: serverName)
            try channel.pipeline.syncOperations.addHandler(handler)
        }
    }
}
