import Crypto

/// A Lua script, run by its digest; the server is given the text once for each of its lives.
package struct RedisScript: Sendable, Hashable {
    /// For logs.
    package let name: String
    package let source: String
    /// SHA-1 of the text, as Redis names scripts: 40 lower-case hexadecimal digits. A name, not a protection.
    package let digest: String

    package init(name: String, source: String) {
        self.name = name
        self.source = source
        let digits = Array("0123456789abcdef")
        self.digest = String(
            Insecure.SHA1.hash(data: Array(source.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
