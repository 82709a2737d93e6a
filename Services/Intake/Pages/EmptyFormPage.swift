import CardProgramme

/// 《基础电子档案信息表》, empty, to be printed and filled in by hand at home or at the station (R74, R132).
///
/// Its entries are the file's elements (``FileElement``), so that nobody has to come again for one that was not asked.
enum EmptyFormPage {
    static func baseFile() -> String {
        let boxes = Category.allCases.map { "<label>□ \($0.chinese)</label>" }.joined()
        let circumstances = Circumstance.allCases.map { "<label>□ \($0.chinese)</label>" }.joined()
        let capacities = CivilCapacity.allCases.map { "<label>□ \($0.chinese)</label>" }.joined()
        let digits = String(repeating: "<i></i>", count: 18)
        return HTMLPage.a4(
            title: "基础电子档案信息表",
            body: """
                <header><h1>基础电子档案信息表</h1><p class="en">Base file form</p>
                <p class="line"><span>请用黑色签字笔填写，字迹清楚；填好后交所属退役军人服务站，或在线提交。</span></p></header>
                <table class="empty">
                <colgroup><col class="l"><col><col class="l"><col></colgroup>
                <tr><th>姓名<small>Name</small></th><td></td><th>联系电话<small>Telephone</small></th><td></td></tr>
                <tr><th>公民身份号码<small>Identity number</small></th><td colspan="3" class="digits">\(digits)</td></tr>
                <tr><th>户籍地<small>Registered at</small></th><td colspan="3">　　　　省（区、市）　　　　市　　　　县（区）　　　　乡镇（街道）</td></tr>
                <tr><th>常住地<small>Lives at</small></th><td colspan="3">　　　　省（区、市）　　　　市　　　　县（区）　　　　乡镇（街道）</td></tr>
                <tr><th>现住址<small>Address</small></th><td colspan="3"></td></tr>
                <tr><th>身份类别<br>（可多选）<small>Categories</small></th><td colspan="3" class="boxes">\(boxes)</td></tr>
                <tr><th>原部队或单位<small>Unit</small></th><td></td><th>户号<small>Household</small></th><td></td></tr>
                <tr><th>行动情况<small>Circumstances</small></th><td colspan="3" class="boxes">\(circumstances)<label>□ 年龄超过80周岁</label><label>□ 无上述情况</label></td></tr>
                <tr><th>民事行为能力<small>Civil capacity</small></th><td colspan="3" class="boxes">\(capacities)</td></tr>
                <tr><th>监护人、亲属<br>或帮办人<small>Guardian, relative, helper</small></th><td colspan="3">姓名　　　　　　　关系　　　　　　　电话<br><br>姓名　　　　　　　关系　　　　　　　电话</td></tr>
                <tr><th>填表人<small>Filled in by</small></th><td colspan="3" class="say"><p>□ 本人　　□ 亲属或他人代填，与本人关系：</p>
                <p>以上信息由填表人提供，以服务站核对证件材料后的结果为准。</p>
                <p class="sign"><span>填表人签字 Signature：<i></i></span><span>　　　年　　　月　　　日</span></p></td></tr>
                <tr><th>服务站核对<small>Station</small></th><td colspan="3" class="office"><p class="sign"><span>核对人签字：<i></i></span><span>　　　年　　　月　　　日</span></p></td></tr>
                </table>

                """)
    }
}
