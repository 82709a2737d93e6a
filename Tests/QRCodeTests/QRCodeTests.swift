import QRCode
import Testing

@Suite("QR codes")
struct QRCodeTests {
    @Test("grow with the text, and what fits no slip is refused")
    func sizes() throws {
        #expect(try #require(QRCode("12345678")).width == 21)
        // 14 bytes are the most that version 1 holds at level M, 26 version 2, 42 version 3 (ISO/IEC 18004, table 7).
        for (bytes, width) in [(14, 21), (15, 25), (26, 25), (27, 29), (42, 29), (43, 33)] {
            #expect(try #require(QRCode(String(repeating: "a", count: bytes))).width == width, "\(bytes) bytes")
        }
        #expect(QRCode("") == nil && QRCode.svg("") == nil)
        #expect(QRCode(String(repeating: "a", count: 301)) == nil)
        #expect(QRCode(String(repeating: "约", count: 100)) != nil && QRCode(String(repeating: "约", count: 101)) == nil)
    }

    @Test(
        "are read back by a decoder that was written after the standard and shares nothing with the library",
        arguments: [
            "a", "https://bs.example/y/12345678", "预约 12345678 · 1234", "YD1.12345678.0042",
            "a\u{0}b", String(repeating: "7", count: 300), "\"<script>&'",
        ])
    func decodes(text: String) throws {
        let code = try #require(QRCode(text))
        #expect(try QRReader.read(code) == text)
    }

    @Test("of every length and of random bytes are read back", arguments: 1...8)
    func random(seed: Int) throws {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
        for _ in 0..<30 {
            var text = ""
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            for _ in 0...Int(state >> 33) % 150 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.unicodeScalars.append(Unicode.Scalar(UInt8(truncatingIfNeeded: state >> 40) & 0x7F))
            }
            #expect(try QRReader.read(#require(QRCode(text))) == text)
        }
    }

    @Test("are drawn as whole modules with a quiet zone of four, and hold nothing of the text")
    func svg() throws {
        let text = "secret<&>\"'"
        let svg = try #require(QRCode.svg(text))
        let code = try #require(QRCode(text))
        #expect(svg.contains("viewBox=\"0 0 \(code.width + 8) \(code.width + 8)\""))
        #expect(!svg.contains("secret") && svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>"))
        // The path, drawn again, is the code.
        let path = try #require(svg.split(separator: "<path d=\"").last?.split(separator: "\"").first)
        var drawn: Set<[Int]> = []
        for run in path.split(separator: "M") {
            let numbers = run.split { !"0123456789".contains($0) }.compactMap { Int($0) }
            try #require(numbers.count == 5 && numbers[2] == numbers[4] && numbers[3] == 1)
            for column in numbers[0]..<(numbers[0] + numbers[2]) {
                #expect(drawn.insert([numbers[1] - 4, column - 4]).inserted, "no module twice")
            }
        }
        for row in -4..<(code.width + 4) {
            for column in -4..<(code.width + 4) {
                #expect(drawn.contains([row, column]) == code.isBlack(row: row, column: column))
            }
        }
    }

    @Test("have the finder patterns in three corners and not in the fourth")
    func finders() throws {
        let code = try #require(QRCode("12345678"))
        func isFinder(_ top: Int, _ left: Int) -> Bool {
            (0..<7).allSatisfy { row in
                (0..<7).allSatisfy { column in
                    let ring = max(abs(row - 3), abs(column - 3))
                    return code.isBlack(row: top + row, column: left + column) == (ring != 2)
                }
            }
        }
        #expect(isFinder(0, 0) && isFinder(0, 14) && isFinder(14, 0) && !isFinder(14, 14))
        #expect(!code.isBlack(row: -1, column: 0) && !code.isBlack(row: 0, column: 21))
    }
}
