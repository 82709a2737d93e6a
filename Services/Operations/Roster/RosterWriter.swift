import CardProgramme
import Contracts

/// A synthetic roster as a file, for rehearsing an import: nobody in it exists, and every row says so.
struct RosterWriter: ~Copyable {
    private let encoding: TextEncoding
    private let converter: TextConverter
    private let stations: [String: String]

    private static let columns: [RosterColumn] = [
        .name, .identityNumber, .category, .station, .phone, .address, .registeredDivision, .residentDivision,
        .serviceUnit, .household, .fileComplete, .remark,
    ]
    private static let remark = "合成数据，非真实人员"

    init(programme: Programme, encoding: TextEncoding) throws(OperationsError) {
        self.encoding = encoding
        self.converter = try TextConverter(from: .utf8, to: .gb18030)
        self.stations = Dictionary(
            programme.stations.map { ($0.code, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    func header() throws(OperationsError) -> [UInt8] {
        // Excel takes a file without the mark for the system's own encoding.
        (self.encoding == .utf8 ? [0xEF, 0xBB, 0xBF] : [])
            + (try self.bytes(Self.columns.map(\.chinese).joined(separator: ",")))
    }

    func row(_ person: RehearsalPerson) throws(OperationsError) -> [UInt8] {
        let form = person.registration
        let fields = Self.columns.map { column -> String in
            switch column {
            case .name: form.name
            // As spreadsheets keep long numbers whole.
            case .identityNumber: "'" + form.identityNumber
            case .category: form.categories.map(\.chinese).joined(separator: "；")
            case .station: self.stations[form.station] ?? form.station
            case .phone: form.phones.first ?? "无"
            case .address: form.address ?? ""
            case .registeredDivision: form.registeredDivision ?? ""
            case .residentDivision: form.residentDivision ?? ""
            case .serviceUnit: form.serviceUnit ?? ""
            case .household: form.household ?? ""
            case .fileComplete: form.fileComplete ? "是" : "否"
            default: Self.remark
            }
        }
        return try self.bytes(fields.map(Self.quoted).joined(separator: ","))
    }

    private func bytes(_ line: String) throws(OperationsError) -> [UInt8] {
        let plain = Array((line + "\r\n").utf8)
        guard self.encoding == .gb18030 else { return plain }
        guard let converted = self.converter.converted(plain) else {
            throw OperationsError("有字符无法写成 GB18030 · a character has no form in GB18030.")
        }
        return converted
    }

    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
