import FoundationEssentials
import TestSupport

/// pika, a client for RabbitMQ that this project has no part in, driven by a few lines of Python.
struct StockClient {
    let stand: ServiceStand
    private let python: String
    private let modules: String

    /// Debian's python3-pika where it is installed; otherwise one fetched with pip into the run directory.
    init(_ stand: ServiceStand) async throws {
        self.stand = stand
        self.modules = "\(stand.installation.runDirectory)/python"
        let environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "PYTHONPATH": self.modules,
        ]
        for interpreter in ["/usr/bin/python3", "/usr/local/bin/python3"] {
            if try await Self.has(stand, interpreter, environment) {
                self.python = interpreter
                return
            }
        }
        _ = try await stand.command(
            "/usr/bin/env", ["python3", "-m", "pip", "install", "--quiet", "--target", self.modules, "pika"],
            environment.merging(["HOME": self.modules]) { old, _ in old })
        guard try await Self.has(stand, "/usr/bin/env", environment, "python3") else {
            throw ServiceStandError("there is no pika: install the Debian package python3-pika")
        }
        self.python = "/usr/bin/env"
    }

    private static func has(
        _ stand: ServiceStand, _ interpreter: String, _ environment: [String: String], _ first: String...
    ) async throws -> Bool {
        guard FileManager.default.isExecutableFile(atPath: interpreter) else { return false }
        return try await stand.command(interpreter, first + ["-c", "import pika"], environment).status == 0
    }

    private static let prelude = """
        import json, os, sys, pika
        connection = pika.BlockingConnection(pika.ConnectionParameters(
            os.environ["AMQP_HOST"], int(os.environ["AMQP_PORT"]), "/",
            pika.PlainCredentials(os.environ["AMQP_USER"], os.environ["AMQP_PASSWORD"])))
        channel = connection.channel()
        channel.confirm_delivery()
        namespace = os.environ["NAMESPACE"]

        """

    /// - Returns: What the script wrote.
    func run(_ script: String, _ values: [String: String] = [:]) async throws -> String {
        var environment = values
        for key in ["AMQP_HOST", "AMQP_PORT", "AMQP_USER", "AMQP_PASSWORD"] {
            environment[key] = self.stand.installation[key]
        }
        environment["NAMESPACE"] = self.stand.name
        environment["PATH"] = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        environment["PYTHONPATH"] = self.modules
        let first = self.python == "/usr/bin/env" ? ["python3"] : []
        let result = try await self.stand.command(self.python, first + ["-c", Self.prelude + script], environment)
        guard result.status == 0 else { throw ServiceStandError("pika: \(result.errors.suffix(800))") }
        return result.output
    }

    /// Publishes what `youdai seal` printed, as it stands.
    static let publish = """
        message = json.loads(os.environ["SEALED"])
        channel.basic_publish(
            message["exchange"], message["routingKey"], message["body"].encode(),
            pika.BasicProperties(
                message_id=message["messageID"], type=message["type"], correlation_id=message["correlationID"],
                app_id=message["appID"], timestamp=message["timestamp"], headers=message["headers"],
                content_type="application/json", delivery_mode=2),
            mandatory=True)

        """
}
