import CardProgramme
import Testing

@Suite("Rows of a roster file")
struct RosterRowTests {
    private func header(_ headings: String...) throws -> RosterHeader { try RosterHeader(headings) }

    private func mistakes(_ header: RosterHeader, _ fields: [String]) -> [String] {
        do {
            _ = try header.row(fields)
            return []
        } catch {
            return error.mistakes.map { "\($0.column?.rawValue ?? "-") \($0.code)" }
        }
    }

    @Test("Headings in any order, Chinese or English, with blanks and brackets of either width")
    func headings() throws {
        let header = try self.header(" 服务站 ", "部队(单位)", "Identity Number", "姓名", "人员类别", "序号")
        let row = try header.row(["341602-01", "测试部队", "x", "测试甲", "残疾军人；参战退役军人", "1"])
        #expect(row.name == "测试甲")
        #expect(row.identityNumber == "x")
        #expect(row.categories == [.disabledVeteran, .warVeteran])
        #expect(row.station == "341602-01")
        #expect(row.serviceUnit == "测试部队")
        #expect(header.unknownCount == 1)
    }

    @Test("A header without what every row needs, or with a column twice, says which")
    func badHeaders() {
        #expect(throws: RosterMistake.self) { try RosterHeader(["姓名", "电话"]) }
        do {
            _ = try RosterHeader(["姓名", "电话"])
        } catch {
            #expect(error.zh.contains("身份证号") && error.zh.contains("类别") && error.zh.contains("服务站"))
            #expect(error.en.contains("identityNumber"))
        }
        do {
            _ = try RosterHeader(["姓名", "身份证号", "公民身份号码", "类别", "服务站"])
            Issue.record("a column twice was taken")
        } catch {
            #expect(error.column == .identityNumber)
        }
    }

    @Test("Every mistake of a row is named by its column")
    func everyMistake() throws {
        let header = try self.header("姓名", "身份证号", "类别", "服务站", "档案完整", "民事行为能力", "行动不便情况")
        #expect(
            self.mistakes(header, ["", "1", "老兵", "a", "也许", "半", "懒"]) == [
                "category roster.category", "fileComplete roster.truth", "civilCapacity roster.capacity",
                "circumstances roster.circumstance", "name roster.empty",
            ])
        #expect(self.mistakes(header, ["测试甲", "1"]) == ["- roster.columns"])
        #expect(
            self.mistakes(header, ["", "", "", "", "", "", ""]) == [
                "name roster.empty", "identityNumber roster.empty", "category roster.empty", "station roster.empty",
            ])
    }

    @Test("No mistake repeats what stood in the row")
    func nothingPersonalInMistakes() throws {
        let header = try self.header("姓名", "身份证号", "类别", "服务站", "档案完整")
        do {
            _ = try header.row(["测试机密", "341602195003070010", "测试机密", "测试机密", "测试机密"])
            Issue.record("taken")
        } catch {
            for mistake in error.mistakes { #expect(!(mistake.zh + mistake.en).contains("机密")) }
        }
    }

    @Test("Numbers that a spreadsheet protected, phones, people to call, and nothing for what is blank")
    func values() throws {
        let header = try self.header(
            "姓名", "身份证号", "类别", "服务站", "电话", "监护人", "监护人关系", "监护人电话", "联系人", "联系人电话", "住址", "已核对")
        let row = try header.row([
            "　测试甲 ", "'341602195003070010", "otherVeteran", "=\"341602-01\"", "19900000001、19900000002", "测试乙", "女儿",
            "19900000003", "测试丙", "", " ", "√",
        ])
        #expect(row.name == "测试甲")
        #expect(row.identityNumber == "341602195003070010")
        #expect(row.station == "341602-01")
        #expect(row.phones == ["19900000001", "19900000002"])
        #expect(row.guardian == .init(name: "测试乙", relation: "女儿", phone: "19900000003"))
        #expect(row.relative == .init(name: "测试丙", relation: "亲属", phone: nil))
        #expect(row.address == nil)
        #expect(row.compared)
        let none = try header.row(["测试甲", "1", "其他退役军人", "a", "无", "", "", "", "", "", "", ""])
        #expect(none.hasNoPhone == true && none.phones.isEmpty && none.guardian == nil && !none.compared)
    }
}

@Suite("Divisions as people write them")
struct DivisionCodeTests {
    @Test func spellings() {
        #expect(DivisionCode.read("341602") == "341602")
        #expect(DivisionCode.read(" ３４１６０２ ") == "341602")
        #expect(DivisionCode.read("341602001") == "341602")
        #expect(DivisionCode.read("341602001001") == "341602")
        for wrong in ["", "34160", "3416021", "996021", "谯城区", "34160a"] {
            #expect(DivisionCode.read(wrong) == nil, "\(wrong)")
        }
        #expect(DivisionCode.areOfDifferentProvinces("341602", "120116"))
        #expect(!DivisionCode.areOfDifferentProvinces("341602", "340111"))
    }
}
