/// A value in an AMQP table: a message header, or an argument of a queue, exchange or binding.
///
/// Every type RabbitMQ can deliver has a case. Text that is not valid UTF-8 arrives as ``bytes(_:)``, a kind unknown to
/// this client or nested deeper than 16 levels as ``other(kind:)``; neither ends the connection.
package indirect enum AMQPFieldValue: Sendable, Hashable {
    case bool(Bool)
    /// Every integer that fits; sent as a signed 64-bit integer.
    case int(Int)
    /// An unsigned 64-bit integer above `Int.max`.
    case unsigned(UInt64)
    case double(Double)
    /// `value` × 10^-`scale`.
    case decimal(scale: UInt8, value: UInt32)
    case string(String)
    case bytes([UInt8])
    /// Whole seconds since 1970.
    case timestamp(UInt64)
    case table([String: AMQPFieldValue])
    case array([AMQPFieldValue])
    case void
    /// The type letter of a value that could not be represented; sent as void.
    case other(kind: UInt8)

    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var int: Int? { if case .int(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }

    /// How many bytes the value takes in a frame, its type letter included.
    package var encodedSize: Int {
        switch self {
        case .bool: 2
        case .int, .unsigned, .double, .timestamp: 9
        case .decimal: 6
        case .string(let value): 5 + value.utf8.count
        case .bytes(let value): 5 + value.count
        case .table(let table): 1 + Self.encodedSize(of: table)
        case .array(let values): values.reduce(5) { $0 + $1.encodedSize }
        case .void, .other: 1
        }
    }

    /// How many bytes a table takes in a frame, its length included.
    static func encodedSize(of table: [String: AMQPFieldValue]) -> Int {
        table.reduce(4) { $0 + 1 + $1.key.utf8.count + $1.value.encodedSize }
    }

    /// How deep tables and arrays are nested in this value.
    var depth: Int {
        switch self {
        case .table(let table): 1 + (table.values.map(\.depth).max() ?? 0)
        case .array(let values): 1 + (values.map(\.depth).max() ?? 0)
        default: 0
        }
    }
}

extension AMQPFieldValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}
