import CRabbitMQ

// Strings and tables, to and from the library's memory.
extension AMQPHandle {
    /// How deep a delivered table is followed; deeper values become ``AMQPFieldValue/other(kind:)``. Without a limit a
    /// single header could exhaust the stack.
    private static let depthLimit = 16

    /// Frees what ``name(_:)``, ``bytes(_:)`` and ``table(_:)`` have made.
    func recycle() { unsafe recycle_amqp_pool(self.pool) }

    // MARK: - To the library

    /// A name for a call: AMQP's short strings end at 255 bytes.
    func name(_ text: String) throws(AMQPError) -> amqp_bytes_t {
        guard text.utf8.count <= 255 else { throw AMQPError(.invalid, "a name is longer than 255 bytes") }
        return unsafe try self.bytes(text)
    }

    /// A copy of the text that lives until ``recycle()``.
    func bytes(_ text: String) throws(AMQPError) -> amqp_bytes_t {
        var text = text
        let copy = text.withUTF8 { unsafe self.copy(UnsafeRawBufferPointer($0)) }
        guard let copy = unsafe copy else { throw AMQPError(.connection, "out of memory") }
        return unsafe copy
    }

    private func copy(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t? {
        guard source.count > 0 else { return unsafe amqp_empty_bytes }
        guard let memory = unsafe amqp_pool_alloc(self.pool, source.count) else { return nil }
        if let base = source.baseAddress { unsafe memory.copyMemory(from: base, byteCount: source.count) }
        return unsafe amqp_bytes_t(len: source.count, bytes: memory)
    }

    /// A table that lives until ``recycle()``.
    func table(_ values: [String: AMQPFieldValue]) throws(AMQPError) -> amqp_table_t {
        guard !values.isEmpty else { return unsafe amqp_empty_table }
        let size = unsafe values.count * MemoryLayout<amqp_table_entry_t>.stride
        guard let memory = unsafe amqp_pool_alloc(self.pool, size) else {
            throw AMQPError(.connection, "out of memory")
        }
        let entries = unsafe memory.bindMemory(to: amqp_table_entry_t.self, capacity: values.count)
        var index = 0
        for (key, value) in values {
            guard key.utf8.count <= 128 else { throw AMQPError(.invalid, "a table key is longer than 128 bytes") }
            let entry = unsafe amqp_table_entry_t(key: try self.bytes(key), value: try self.value(value))
            unsafe (entries + index).initialize(to: entry)
            index += 1
        }
        return unsafe amqp_table_t(num_entries: Int32(values.count), entries: entries)
    }

    private func array(_ values: [AMQPFieldValue]) throws(AMQPError) -> amqp_array_t {
        guard !values.isEmpty else { return unsafe amqp_empty_array }
        let size = unsafe values.count * MemoryLayout<amqp_field_value_t>.stride
        guard let memory = unsafe amqp_pool_alloc(self.pool, size) else {
            throw AMQPError(.connection, "out of memory")
        }
        let entries = unsafe memory.bindMemory(to: amqp_field_value_t.self, capacity: values.count)
        for (index, value) in values.enumerated() {
            let converted = unsafe try self.value(value)
            unsafe (entries + index).initialize(to: converted)
        }
        return unsafe amqp_array_t(num_entries: Int32(values.count), entries: entries)
    }

    private func value(_ value: AMQPFieldValue) throws(AMQPError) -> amqp_field_value_t {
        var field = unsafe amqp_field_value_t()
        switch value {
        case .bool(let value):
            unsafe field.kind = Self.kind(AMQP_FIELD_KIND_BOOLEAN)
            unsafe field.value.boolean = value ? 1 : 0
        case .int(let value):
            unsafe field.kind = Self.kind(AMQP_FIELD_KIND_I64)
            unsafe field.value.i64 = Int64(value)
        case .unsigned(let value):
            // RabbitMQ has no unsigned 64-bit type; a timestamp is the one field that carries all 64 bits.
            unsafe field.kind = Self.kind(AMQP_FIELD_KIND_TIMESTAMP)
            unsafe field.value.u64 = value
        case .double(let value):
            unsafe field.kind = Self.kind(AMQP_FIELD_KIND_F64)
            unsafe field.value.f64 = value
        case .decimal(let scale, let value):
            unsafe field.kind = Self.kind(AMQP_FIELD_KIND_DECIMAL)
            unsafe field.value.decimal = amqp_decimal_t(decimals: scale, value: value)
        case .string(let value):
            unsafe field.kind = Self.kind(AMQP_FIELD_KIND_UTF8)
            unsafe field.value.bytes = try self.bytes(value)
        case .bytes(let value):
            unsafe field.kind = Self.kind(AMQP_FIELD_KIND_BYTES)
            let copy = unsafe value.withUnsafeBytes { unsafe self.copy($0) }
            guard let copy = unsafe copy else { throw AMQPError(.connection, "out of memory") }
            unsafe field.value.bytes = copy
        case .timestamp(let value):
            unsafe field.kind = Self.kind(AMQP_FIELD_KIND_TIMESTAMP)
            unsafe field.value.u64 = value
        case .table(let values):
            unsafe field.kind = Self.kind(AMQP_FIELD_KIND_TABLE)
            unsafe field.value.table = try self.table(values)
        case .array(let values):
            unsafe field.kind = Self.kind(AMQP_FIELD_KIND_ARRAY)
            unsafe field.value.array = try self.array(values)
        case .void, .other:
            unsafe field.kind = Self.kind(AMQP_FIELD_KIND_VOID)
        }
        return unsafe field
    }

    private static func kind(_ kind: amqp_field_value_kind_t) -> UInt8 { UInt8(truncatingIfNeeded: kind.rawValue) }

    // MARK: - From the library

    /// The text, with replacement characters where it is not UTF-8.
    static func text(_ bytes: amqp_bytes_t) -> String {
        unsafe String(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }

    /// A copy of the bytes.
    static func array(_ bytes: amqp_bytes_t) -> [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len))
    }

    /// A copy of the table; of entries with the same key the last one counts.
    static func table(_ table: amqp_table_t, depth: Int = 0) -> [String: AMQPFieldValue] {
        var values: [String: AMQPFieldValue] = [:]
        let entries = unsafe UnsafeBufferPointer(start: table.entries, count: Int(table.num_entries))
        values.reserveCapacity(entries.count)
        for index in entries.indices {
            let entry = unsafe entries[index]
            unsafe values[Self.text(entry.key)] = Self.value(entry.value, depth: depth)
        }
        return values
    }

    private static func value(_ field: amqp_field_value_t, depth: Int) -> AMQPFieldValue {
        let kind = unsafe field.kind
        let value = unsafe field.value
        switch amqp_field_value_kind_t(UInt32(kind)) {
        case AMQP_FIELD_KIND_BOOLEAN: return unsafe .bool(value.boolean != 0)
        case AMQP_FIELD_KIND_I8: return unsafe .int(Int(value.i8))
        case AMQP_FIELD_KIND_U8: return unsafe .int(Int(value.u8))
        case AMQP_FIELD_KIND_I16: return unsafe .int(Int(value.i16))
        case AMQP_FIELD_KIND_U16: return unsafe .int(Int(value.u16))
        case AMQP_FIELD_KIND_I32: return unsafe .int(Int(value.i32))
        case AMQP_FIELD_KIND_U32: return unsafe .int(Int(value.u32))
        case AMQP_FIELD_KIND_I64: return unsafe .int(Int(value.i64))
        case AMQP_FIELD_KIND_U64:
            let number = unsafe value.u64
            return Int(exactly: number).map { .int($0) } ?? .unsigned(number)
        case AMQP_FIELD_KIND_F32: return unsafe .double(Double(value.f32))
        case AMQP_FIELD_KIND_F64: return unsafe .double(value.f64)
        case AMQP_FIELD_KIND_DECIMAL:
            return unsafe .decimal(scale: value.decimal.decimals, value: value.decimal.value)
        case AMQP_FIELD_KIND_UTF8:
            let bytes = unsafe UnsafeRawBufferPointer(start: value.bytes.bytes, count: value.bytes.len)
            if let text = unsafe String(validating: bytes, as: UTF8.self) { return .string(text) }
            return unsafe .bytes(Self.array(value.bytes))
        case AMQP_FIELD_KIND_BYTES: return unsafe .bytes(Self.array(value.bytes))
        case AMQP_FIELD_KIND_TIMESTAMP: return unsafe .timestamp(value.u64)
        case AMQP_FIELD_KIND_VOID: return .void
        case AMQP_FIELD_KIND_TABLE where depth < Self.depthLimit:
            return unsafe .table(Self.table(value.table, depth: depth + 1))
        case AMQP_FIELD_KIND_ARRAY where depth < Self.depthLimit:
            let entries = unsafe UnsafeBufferPointer(start: value.array.entries, count: Int(value.array.num_entries))
            var values: [AMQPFieldValue] = []
            values.reserveCapacity(entries.count)
            for index in entries.indices { unsafe values.append(Self.value(entries[index], depth: depth + 1)) }
            return .array(values)
        default: return .other(kind: kind)
        }
    }
}
