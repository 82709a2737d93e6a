/// The values of one statement in one piece of memory, each followed by a zero byte.
///
/// The zero ends a text for libpq, and gives an empty value an address: a null pointer would mean NULL.
struct ParameterBuffer {
    private let arena: [CChar]
    private let offsets: [Int]
    private let lengths: [CInt]
    private let formats: [CInt]

    init(_ parameters: [PostgresParameter]) {
        var arena: [CChar] = []
        arena.reserveCapacity(parameters.reduce(0) { $0 + ($1.bytes?.count ?? 0) + 1 })
        var offsets: [Int] = []
        var lengths: [CInt] = []
        for parameter in parameters {
            guard let bytes = parameter.bytes else {
                offsets.append(-1)
                lengths.append(0)
                continue
            }
            offsets.append(arena.count)
            lengths.append(CInt(clamping: bytes.count))
            unsafe bytes.withUnsafeBytes { unsafe arena.append(contentsOf: $0.bindMemory(to: CChar.self)) }
            arena.append(0)
        }
        self.arena = arena
        self.offsets = offsets
        self.lengths = lengths
        self.formats = parameters.map { $0.isBinary ? 1 : 0 }
    }

    /// The three arrays of libpq's calls, valid inside `body` only.
    func withPointers<T>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<CInt>?, UnsafePointer<CInt>?) -> T
    ) -> T {
        unsafe self.arena.withUnsafeBufferPointer { arena in
            let pointers = unsafe self.offsets.map { offset in
                unsafe offset < 0 ? nil : arena.baseAddress.map { unsafe $0 + offset }
            }
            return unsafe pointers.withUnsafeBufferPointer { pointers in
                unsafe self.lengths.withUnsafeBufferPointer { lengths in
                    unsafe self.formats.withUnsafeBufferPointer { formats in
                        unsafe body(pointers.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }
}

/// A null-terminated array of C strings.
struct CStrings {
    private let arena: [CChar]
    private let offsets: [Int]

    init(_ strings: [String]) {
        var arena: [CChar] = []
        var offsets: [Int] = []
        for string in strings {
            offsets.append(arena.count)
            arena.append(contentsOf: string.utf8.map { CChar(bitPattern: $0) })
            arena.append(0)
        }
        self.arena = arena
        self.offsets = offsets
    }

    func withPointers<T>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> T) -> T {
        unsafe self.arena.withUnsafeBufferPointer { arena in
            let pointers =
                unsafe self.offsets.map { offset in unsafe arena.baseAddress.map { unsafe $0 + offset } } + [nil]
            return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
        }
    }
}
