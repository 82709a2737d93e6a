import CPoll

/// What the C library's allocator does for many threads.
package enum ThreadMemory {
    /// Bounds the parts of the heap that threads allocate from (mallopt(3), `M_ARENA_MAX`). To be called before there are
    /// threads.
    ///
    /// The C library gives each thread a part of its own, up to eight for each processor, and what was freed in one is of
    /// no use to another. With a thread for every connection, services grew by a third over 100,000 submissions.
    package static func limitArenas(to count: Int32) { youdai_limit_arenas(count) }
}
