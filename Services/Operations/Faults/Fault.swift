import Contracts
import Messaging

/// One way in which something goes wrong while submissions flow.
struct Fault: Sendable {
    enum Kind: Sendable {
        case none
        case kill(ServiceName)
        case killServer(ServerControl.Server)
        case stop(ServiceName)
        case stopServer(ServerControl.Server)
        case cut(ServiceName, from: ServerControl.Server)
        case tap(MessageTap.Manner)
        case undecodableBody
        case alwaysFailing
        case processCrasher
        case memoryAlarm
        case hostileMessages
        case crash(CrashPoint, [ServiceName])
    }

    let name: String
    let kind: Kind
    let meaning: String

    /// Every fault there is, in the order of the list.
    static let all: [Fault] = {
        var all = [Fault("none", .none, "nothing goes wrong: what the others are compared with")]
        for service in ServiceName.allCases {
            all.append(Fault("kill9-\(service.rawValue)", .kill(service), "kill -9 of the process, several times"))
        }
        for server in ServerControl.Server.allCases {
            all.append(Fault("kill9-\(server.rawValue)", .killServer(server), "kill -9 of the server, and a start"))
        }
        for service in ServiceName.allCases {
            all.append(Fault("stop20-\(service.rawValue)", .stop(service), "the process stands still for 20 s"))
        }
        for server in ServerControl.Server.allCases {
            all.append(Fault("stop20-\(server.rawValue)", .stopServer(server), "the server stands still for 20 s"))
        }
        for service in ServiceName.allCases {
            for server in ServerControl.Server.allCases {
                all.append(
                    Fault(
                        "cut-\(service.rawValue)-\(server.rawValue)", .cut(service, from: server),
                        "connections cut, frozen, half closed"))
            }
        }
        all += [
            Fault("duplicate-every-message", .tap(.doubled), "each message arrives twice"),
            Fault("reorder", .tap(.shuffled), "messages arrive in any order"),
            Fault("undecodable-body", .undecodableBody, "signed messages whose body is no message"),
            Fault("always-failing-subject", .alwaysFailing, "messages that violate a constraint whenever tried"),
            Fault("process-crasher", .processCrasher, "a message that kills its process whenever tried"),
            Fault("memory-alarm", .memoryAlarm, "the broker takes no messages"),
            Fault("hostile-messages", .hostileMessages, "strangers' messages: huge, forged, nonsense"),
        ]
        for point in CrashPoint.ofMessages {
            let services = point.services
            all.append(
                Fault("crash-\(point.rawValue)", .crash(point, services), "each process dies once \(point.rawValue)"))
            for service in services {
                all.append(
                    Fault(
                        "crash-\(point.rawValue)-\(service.rawValue)", .crash(point, [service]),
                        "the process dies once \(point.rawValue)"))
            }
        }
        return all
    }()

    private init(_ name: String, _ kind: Kind, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.meaning = meaning
    }

    static func named(_ name: String) -> Fault? { Self.all.first { $0.name == name } }
}

extension CrashPoint {
    /// Where the step occurs: every service consumes, all but notification send, and all but notification have
    /// interface calls that change something.
    var services: [ServiceName] {
        switch self {
        case .consumerReceived, .consumerLocked, .consumerHandled, .consumerCommitted,
            .consumerAcknowledged:
            ServiceName.allCases
        case .relayClaimed, .relayConfirmed, .relayDeleted, .workWritten, .workCommitted, .seatCounted, .seatClaimed,
            .seatSettled:
            ServiceName.allCases.filter { $0 != .notification }
        case .messageSubmitting, .messageSubmitted: [.notification]
        }
    }
}
