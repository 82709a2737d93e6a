import CardProgramme
import FoundationEssentials

/// The two forms of a submission as pages of A4, to be printed, checked and signed (R65, R66, R125, R126).
///
/// The documents name the forms and say that they are printed, checked and signed; how they look they do not show. The
/// layout is this system's own, in the manner of such forms: what is filled from the file, the applicant's declaration with
/// place for signature and day, and a place for each office that signs.
enum FormPage {
    static func html(_ filled: PrintForm.Filled) -> String {
        let form = filled.content.form
        let body =
            switch form {
            case .applicationForm: Self.application(filled)
            case .bankConfirmation: Self.bank(filled)
            }
        return HTMLPage.a4(title: form.chinese, body: Self.head(filled) + body + Self.foot(filled))
    }

    private static func head(_ filled: PrintForm.Filled) -> String {
        """
        <header><h1>\(filled.content.form.chinese)</h1><p class="en">\(filled.content.form.english)</p>
        <p class="line"><span>编号 No. \(HTMLText.escaped(filled.number))（第\(filled.round)轮）</span>\
        <span>受理服务站：\(HTMLText.escaped(filled.station))</span></p></header>

        """
    }

    private static func foot(_ filled: PrintForm.Filled) -> String {
        """
        <footer><span>内容校验码 Code <b>\(filled.content.code)</b></span>\
        <span>打印日期 \(filled.printedOn.chinese)</span>\
        <span>表内信息变更后，本表作废，须重新打印并签字。A form whose content has changed must be printed and signed again.</span></footer>

        """
    }

    private static func cell(_ field: FormContent.Field, _ content: FormContent, span: Int = 1) -> String {
        """
        <th scope="row">\(field.chinese)<small>\(field.english)</small></th>\
        <td\(span > 1 ? " colspan=\"\(span)\"" : "")>\(HTMLText.escaped(content.value(field)))</td>
        """
    }

    private static func application(_ filled: PrintForm.Filled) -> String {
        let content = filled.content
        let photo =
            filled.photo.map { #"<img alt="照片" src="data:image/jpeg;base64,\#(Data($0).base64EncodedString())">"# }
            ?? "照片<small>Photo</small>"
        return """
            <table>
            <colgroup><col class="l"><col><col class="l"><col><col class="p"></colgroup>
            <tr>\(Self.cell(.name, content))\(Self.cell(.sex, content))<td rowspan="4" class="photo">\(photo)</td></tr>
            <tr>\(Self.cell(.born, content))\(Self.cell(.phones, content))</tr>
            <tr>\(Self.cell(.identityNumber, content, span: 3))</tr>
            <tr>\(Self.cell(.address, content, span: 3))</tr>
            <tr>\(Self.cell(.categories, content, span: 4))</tr>
            <tr>\(Self.cell(.cardKind, content, span: 4))</tr>
            <tr>\(Self.cell(.bank, content))\(Self.cell(.issuer, content, span: 2))</tr>
            <tr><th scope="row">申请人承诺<small>Declaration</small></th><td colspan="4" class="say">
            <p>本人自愿申领优待证，已逐项核对上述信息，确认真实、准确、完整；所选合作银行系本人自愿选择。本人同意为制发优待证依法使用上述信息。如有虚假，愿承担相应责任。</p>
            <p class="en">I apply of my own free will, have checked every entry and confirm that it is true and complete; the bank is my own choice.</p>
            \(Self.signature("申请人（监护人）签字 Signature"))</td></tr>
            \(Self.office("服务站<br>受理检查意见", "Station", "经办人签字（盖章）"))
            \(Self.office("区退役军人服务中心<br>核实意见", "Centre", "核实人签字（盖章）"))
            \(Self.office("\(filled.office.isEmpty ? "区退役军人事务局" : HTMLText.escaped(filled.office))<br>初审意见", "Bureau", "初审人签字（盖章）"))
            </table>

            """
    }

    private static func bank(_ filled: PrintForm.Filled) -> String {
        let content = filled.content
        return """
            <table>
            <colgroup><col class="l"><col><col class="l"><col></colgroup>
            <tr>\(Self.cell(.name, content))\(Self.cell(.sex, content))</tr>
            <tr>\(Self.cell(.born, content))\(Self.cell(.phones, content))</tr>
            <tr>\(Self.cell(.identityNumber, content, span: 3))</tr>
            <tr>\(Self.cell(.address, content, span: 3))</tr>
            <tr>\(Self.cell(.cardKind, content, span: 3))</tr>
            <tr>\(Self.cell(.bank, content, span: 3))</tr>
            <tr><th scope="row">确认事项<small>Confirmation</small></th><td colspan="3" class="say tall">
            <p>一、本人自愿选择上列银行作为优待证的合作银行，并同意该行为本人开立与优待证关联的借记账户。</p>
            <p>二、本人知悉：优待证加载银行借记卡功能，不具备透支功能；制证前银行将进行金融校验，校验未通过的，由服务站通知本人处理或另行选择银行。</p>
            <p>三、本人知悉：领取优待证后，借记卡功能须由本人到银行办理激活。</p>
            <p>四、本人已逐项核对上列信息，确认真实、准确、完整。</p>
            <p class="en">The bank is my own choice and may open the debit account linked with the card. It checks my data before the card is made; without overdraft; the bank function is activated at the bank after I have received the card. I have checked every entry.</p>
            \(Self.signature("申请人（监护人）签字 Signature"))</td></tr>
            \(Self.office("服务站<br>经办意见", "Station", "经办人签字（盖章）", span: 3))
            </table>

            """
    }

    private static func signature(_ who: String) -> String {
        #"<p class="sign"><span>\#(who)：<i></i></span><span>　　　年　　　月　　　日</span></p>"#
    }

    private static func office(_ name: String, _ english: String, _ who: String, span: Int = 4) -> String {
        """
        <tr><th scope="row">\(name)<small>\(english)</small></th><td colspan="\(span)" class="office">\
        <p class="sign"><span>\(who)：<i></i></span><span>　　　年　　　月　　　日</span></p></td></tr>
        """
    }
}
