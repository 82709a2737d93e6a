import HTTPTypes
import Hummingbird
import ServiceLifecycle
import ServiceRuntime

/// The HTTP interface by which a rehearsal or a test looks into the centre and tells it what to do.
///
/// `/health/live`, `/health/ready` and `/metrics` are open; everything else wants the secret.
enum ControlServer {
    /// - Throws: `ConfigurationError` when `HTTP_HOST` is not this machine: what people were told is read here.
    static func make(
        context: LoneContext, centre: MessageCentre, secret: String
    ) throws(ConfigurationError) -> any Service {
        guard ["127.0.0.1", "::1", "localhost"].contains(try context.configuration.required(.httpHost)) else {
            throw ConfigurationError(key: .httpHost, problem: "must be 127.0.0.1: the centre is for this machine only.")
        }
        ControlGauges.register(in: context.metrics, centre: centre)
        return try ServiceAPI.makeLoneServer(context: context) { router in
            let control = router.group().add(middleware: SecretMiddleware(secret: secret))
            MessageRoutes(centre: centre).add(to: control)
            FateRoutes(centre: centre).add(to: control)
        }
    }
}

/// Lets a request pass that shows the secret as its bearer token.
private struct SecretMiddleware: RouterMiddleware {
    let secret: String

    func handle(
        _ request: Request, context: EdgeContext, next: @concurrent (Request, EdgeContext) async throws -> Response
    ) async throws -> Response {
        guard let header = request.headers[.authorization], header.prefix(7).lowercased() == "bearer ",
            Self.isEqual(header.dropFirst(7), self.secret)
        else {
            throw APIProblem(
                .unauthorized, code: "secret.wrong", zh: "缺少口令或口令不对，请使用 MESSAGE_CENTRE_SECRET 的值。",
                en: "The secret is missing or wrong: send MESSAGE_CENTRE_SECRET as the bearer token.")
        }
        return try await next(request, context)
    }

    /// Takes as long wherever the texts differ, so that the time tells nothing.
    private static func isEqual(_ shown: Substring, _ secret: String) -> Bool {
        guard shown.utf8.count == secret.utf8.count else { return false }
        return zip(shown.utf8, secret.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// The figures as Prometheus scrapes them.
private enum ControlGauges {
    static func register(in metrics: MetricsRegistry, centre: MessageCentre) {
        let counters: [(String, String, @Sendable (Figures) -> Int)] = [
            ("message_centre_submits_total", "submit_sm that came.", { $0.submits }),
            ("message_centre_messages_total", "Whole messages accepted.", { $0.messages }),
            ("message_centre_refused_total", "submit_sm refused.", { $0.refused.values.reduce(0, +) }),
            ("message_centre_receipts_total", "Receipts clients have taken.", { $0.receiptsAnswered }),
            ("message_centre_lost_total", "Deliveries given up.", { $0.deliveriesLost }),
        ]
        for (name, help, value) in counters {
            metrics.observe(name, help: help, isCounter: true) { Double(value(centre.read { $0.currentFigures() })) }
        }
        metrics.observe("message_centre_waiting", help: "Receipts and messages that wait.") {
            Double(centre.read { $0.currentFigures().waiting })
        }
    }
}
