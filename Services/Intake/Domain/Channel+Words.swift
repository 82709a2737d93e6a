import CardProgramme
import Contracts

extension IntakeAPI.Channel {
    var chinese: String {
        switch self {
        case .onSite: "现场申请"
        case .online: "网上申请"
        case .home: "入户办理"
        case .collective: "集中办理"
        case .agreed: "双方约定"
        case .walkIn: "直接到站"
        }
    }
}
