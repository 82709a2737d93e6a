import NIOCore
import SMPP
import Testing

struct CodecPropertyTests {
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func whatIsWrittenIsRead(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<5_000 {
            let pdu = generator.pdu()
            let octets = try GoldenTests.encoded(pdu)
            guard try SMPPPDU(decoding: ByteBuffer(bytes: octets)) == pdu else {
                Issue.record("seed \(seed), round \(round)")
                return
            }
        }
    }

    /// However a connection cuts the octets, the same PDUs come out.
    @Test(arguments: [UInt64(5), 6])
    func piecesOfAnyLength(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let pdus = (0..<200).map { _ in generator.pdu() }
        let octets = try pdus.flatMap { try GoldenTests.encoded($0) }
        var decoder = SMPPFrameDecoder()
        var buffer = ByteBuffer()
        var found: [SMPPFrame] = []
        var rest = octets[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...97, using: &generator))
            rest = rest.dropFirst(piece.count)
            buffer.writeBytes(piece)
            while let frame = try decoder.decode(buffer: &buffer) { found.append(frame) }
        }
        #expect(found == pdus.map { .pdu($0) })
        #expect(buffer.readableBytes == 0)
    }

    /// Every octet changed, every length cut: an answer or an error, never a trap, and never more than was sent.
    @Test(arguments: [UInt64(7), 8, 9])
    func damagedPDUs(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        var differing = 0
        for _ in 0..<5_000 {
            var octets = try GoldenTests.encoded(generator.pdu())
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                octets[Int.random(in: 4..<octets.count, using: &generator)] = generator.octet()
            }
            if Bool.random(using: &generator) {
                octets = Array(octets.prefix(Int.random(in: 16...octets.count, using: &generator)))
                octets.replaceSubrange(
                    0..<4,
                    with: GoldenTests.octets("0000") + [
                        UInt8(octets.count >> 8 & 0xFF), UInt8(octets.count & 0xFF),
                    ])
            }
            var buffer = ByteBuffer(bytes: octets)
            var decoder = SMPPFrameDecoder()
            switch try decoder.decode(buffer: &buffer) {
            case .malformed: refused += 1
            case .pdu(let pdu):
                // What was read of these is written again; a response may come with or without its body.
                switch pdu.body {
                case .submit, .deliver, .bind: if try GoldenTests.encoded(pdu) != octets { differing += 1 }
                default: break
                }
                if case .submit(let message) = pdu.body {
                    _ = try? message.concatenation()
                    _ = try? message.coding.text(of: message.content)
                }
            case nil: Issue.record("a whole PDU gave nothing")
            }
        }
        #expect(refused > 500 && differing == 0)
    }

    @Test func noise() {
        var generator = SeededGenerator(seed: 10)
        var closed = 0
        for _ in 0..<5_000 {
            var buffer = ByteBuffer(bytes: generator.octets(0...200))
            var decoder = SMPPFrameDecoder()
            do { while try decoder.decode(buffer: &buffer) != nil {} } catch { closed += 1 }
        }
        #expect(closed > 4_000)
    }
}
