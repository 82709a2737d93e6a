/// Where a Kannel smsbox is, and what it calls us by.
package struct KannelConfiguration: Sendable, CustomStringConvertible, CustomReflectable {
    /// Host and port of smsbox (`sendsms-port`). Keep it on loopback: text and password travel in the address of a plain
    /// request, which Kannel writes into its own logs.
    package var host: String
    package var port: Int
    package var username: String
    package var password: String
    /// The number people see and answer; ``OutboundSMS/extend`` is appended.
    package var sender: String
    /// Name of the connection to send through (`smsc-id`); nil leaves it to Kannel. An unknown name is accepted by Kannel
    /// and routed elsewhere.
    package var smsc: String?
    /// Where Kannel reaches us, without a slash at its end: `http://127.0.0.1:8104/callbacks/kannel`. The secret and
    /// `/receipts` are appended.
    package var callbackBase: String
    package var secret: PathSecret
    /// For a whole call. Kannel answers within milliseconds unless it is restarting.
    package var timeout: Duration = .seconds(10)
    /// Most connections at once.
    package var connections = 4

    package init(
        host: String = "127.0.0.1", port: Int, username: String, password: String, sender: String, smsc: String? = nil,
        callbackBase: String, secret: PathSecret
    ) {
        self.host = host
        self.port = port
        self.username = username
        self.password = password
        self.sender = sender
        self.smsc = smsc
        self.callbackBase = callbackBase
        self.secret = secret
    }

    package var description: String { "Kannel at \(self.host):\(self.port)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
