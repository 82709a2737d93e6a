/// What a call that is safe to repeat gives back.
struct Answer<Value: Sendable>: Sendable {
    let value: Value
    /// True when an earlier call with the same content had done it already, and this one changed nothing.
    let isRepeated: Bool
}
