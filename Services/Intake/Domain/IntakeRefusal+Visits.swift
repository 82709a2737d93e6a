import CardProgramme
import Contracts

/// What stands in the way of the place.
extension IntakeRefusal {
    static func place(_ refusal: PlaceRule.Refusal) -> IntakeRefusal {
        switch refusal {
        case .neitherPlace:
            IntakeRefusal(
                .conflict, "submission.place",
                zh: "本区既不是该人员的户籍地，也不是常住地，不能在此申领。原则上请到户籍地服务站申领；不在户籍地居住的，可到常住地服务站申领。如已迁入，请先更新档案。",
                en:
                    "This district is neither where the person is registered nor where they live: apply at the station of the place of registration, or of residence. If they moved here, update the file first."
            )
        case .noChoiceOfProvince:
            IntakeRefusal(
                .unfit, "submission.issuer",
                zh: "只有户籍地与常住地不在同一省份、且在常住地申领的人员，才可申请由常住地省份发放。请改为由户籍地省份发放。",
                en:
                    "Only who applies where they live, in another province than that of registration, may ask for a card of the residence's province: leave the issuer as it is."
            )
        case .onHold:
            IntakeRefusal(
                .conflict, "submission.issuer_on_hold",
                zh: "由常住地省份发放的申领目前暂缓受理，待省级规定出台后办理。可先申请由户籍地省份发放，或等待通知。",
                en:
                    "Cards issued by the residence's province are on hold until its rules are out: ask for one of the province of registration, or wait for the notice."
            )
        }
    }
}

/// What stands in the way of a base form, a kit or a visit.
extension IntakeRefusal {
    static let baseFormUnknown = IntakeRefusal(
        .unknown, "base_form.unknown",
        zh: "没有这份基础电子档案信息表，请核对编号。", en: "There is no such base file form: check its id.")
    static let baseFormUnfit = IntakeRefusal(
        .unfit, "base_form.content",
        zh:
            "请检查表格内容：姓名1至50个字，公民身份号码1至30个字符，填表人1至20个字，电话最多5个、每个不超过20个字符，地址不超过200个字，不得含不可显示的字符。",
        en:
            "Check the form: a name of 1 to 50 characters, an identity number of 1 to 30, who filled it in in 1 to 20, at most 5 phones of 20 characters, an address of at most 200, all printable."
    )
    static let baseFormTaken = IntakeRefusal(
        .conflict, "base_form.taken",
        zh: "该表已由服务站据以建档，不能再修改。如信息有变，请联系服务站更新档案。",
        en: "The station has made the file from this form already; tell the station what has changed.")
    static let kitUnknown = IntakeRefusal(
        .unknown, "kit.unknown",
        zh: "没有这份上门（集中办理）名单，请向所属服务站核对编号。", en: "There is no such kit: ask the station for its id.")
    static let kitUnfit = IntakeRefusal(
        .unfit, "kit.content",
        zh: "请检查名单：办理方式须为 home、collective 或 agreed；服务队账号1至128个可见ASCII字符；人员1至200名，均在本站建档且不重复。",
        en:
            "Check the kit: the channel is home, collective or agreed; the team's account has 1 to 128 visible ASCII characters; 1 to 200 people, each once, all kept by this station."
    )
    static let kitDiffers = IntakeRefusal(
        .conflict, "kit.differs",
        zh: "该编号已用于另一份名单，请换一个新编号。", en: "This id names another kit already: take a new one.")
    static let visitsUnfit = IntakeRefusal(
        .unfit, "visits.count",
        zh: "每次请上传1至50人，其余分次上传。", en: "Send 1 to 50 people a request, the rest in further ones.")
    static let visitReused = IntakeRefusal(
        .conflict, "visit.reused",
        zh: "该条目编号已用于另一人的信息，请在设备上换一个新编号后重新上传。",
        en: "This item's id was used for something else: give it a new one on the device and send again.")
    static let visitMaterials = IntakeRefusal(
        .unfit, "visit.materials",
        zh: "每人的材料最多12份，每种材料一份，请去掉重复的后重新上传。",
        en: "An item has at most 12 materials, one of a kind: leave out what is double and send again.")
    static let visitChannel = IntakeRefusal(
        .unfit, "visit.channel",
        zh: "上门和集中采集的办理方式须为 home、collective 或 agreed。", en: "The channel of a visit is home, collective or agreed.")
}
