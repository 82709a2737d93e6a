extension Refusal {
    /// The key of a call that is safe to repeat came again with other content.
    static let keyUsedDifferently = Refusal.conflict(
        "idempotency.key_reused", zh: "该 Idempotency-Key 已用于内容不同的请求。重复提交请保持内容一致；新的业务请换用新的 Idempotency-Key。",
        en:
            "This Idempotency-Key was used for a call with other content. Repeat a call unchanged, or take a new key for something new."
    )
}
