/// What was measured on a photo; plain numbers, so that the rule can be judged without a picture.
package struct PhotoMeasure: Hashable, Sendable {
    /// What the pixels show.
    package struct Look: Hashable, Sendable {
        /// Share of the ground left and right of the head that is white, 0 to 1.
        package var whiteGround: Double
        /// Something other than the ground runs along the top or a side.
        package var hasFrame: Bool
        /// Share of the picture that is not white, 0 to 1.
        package var subject: Double
        /// Height of the head, from the hair to the chin, as a share of the picture's; nil when no chin can be told from
        /// the neck, as with long hair.
        package var headHeight: Double?
        /// Share of the clothes that is light, 0 to 1.
        package var lightClothes: Double

        package init(
            whiteGround: Double, hasFrame: Bool, subject: Double, headHeight: Double?, lightClothes: Double
        ) {
            self.whiteGround = whiteGround
            self.hasFrame = hasFrame
            self.subject = subject
            self.headHeight = headHeight
            self.lightClothes = lightClothes
        }
    }

    /// Size of the file in bytes.
    package var byteCount: Int
    package var width: Int
    package var height: Int
    /// Pixels per inch as the file states them; nil when it does not.
    package var density: Int?
    /// Nil when the picture is not of a size that is looked at.
    package var look: Look?

    package init(byteCount: Int, width: Int, height: Int, density: Int?, look: Look?) {
        self.byteCount = byteCount
        self.width = width
        self.height = height
        self.density = density
        self.look = look
    }
}

/// One point of the photo rule (N16) that a picture violates.
package enum PhotoFault: Hashable, Sendable {
    /// The bytes are no whole JPEG.
    case unreadable
    case fileSize(bytes: Int)
    case pixels(width: Int, height: Int)
    case density(Int?)
    case ground
    case frame
    case noPerson
    /// In hundredths of the picture's height.
    case headHeight(percent: Int)
    case lightClothes

    package var chinese: String {
        switch self {
        case .unreadable: "文件不是完整的JPEG图片，可能已损坏，请重新导出为JPG格式。"
        case .fileSize(let bytes): "文件大小须为20至50KB，现为\(Self.kilobytes(bytes))KB，请调整压缩质量。"
        case .pixels(let width, let height): "尺寸须为宽352、高440像素，现为\(width)×\(height)，请重新裁剪。"
        case .density(let found):
            "分辨率须为300DPI，\(found.map { "现为\($0)DPI" } ?? "文件未注明")，请在保存时设为300DPI。"
        case .ground: "背景须为纯白色，请在白色背景前重新拍照。"
        case .frame: "照片四周不得有边框，请裁去边框。"
        case .noPerson: "未能在照片中辨认出人像，请正对镜头重新拍照。"
        case .headHeight(let percent):
            "头部高度须约为照片高度的三分之二，现约为\(percent)%，请\(percent < 66 ? "靠近" : "远离")镜头重新拍照。"
        case .lightClothes: "不得穿浅色衣服，请换深色便装重新拍照。"
        }
    }

    package var english: String {
        switch self {
        case .unreadable: "The file is no whole JPEG; it may be damaged: export it as JPG again."
        case .fileSize(let bytes):
            "The file must have 20 to 50 KB, it has \(Self.kilobytes(bytes)) KB: change the quality it is saved with."
        case .pixels(let width, let height):
            "It must be 352 pixels wide and 440 high, it is \(width) by \(height): crop it again."
        case .density(let found):
            "It must be saved with 300 DPI, \(found.map { "it says \($0)" } ?? "it says none"): set 300 DPI when saving."
        case .ground: "The ground must be plain white: take the picture again before a white wall."
        case .frame: "There must be no frame around it: cut the frame off."
        case .noPerson: "No head and shoulders can be made out: take the picture again, facing the camera."
        case .headHeight(let percent):
            "The head must be about two thirds of the height, it is about \(percent) %: take the picture again from \(percent < 66 ? "nearer" : "farther away")."
        case .lightClothes: "No light-coloured clothes: take the picture again in dark civilian clothes."
        }
    }

    private static func kilobytes(_ bytes: Int) -> String {
        let tenths = (bytes * 10 + 512) / 1024
        return "\(tenths / 10).\(tenths % 10)"
    }
}

/// The photo rule of the card (N16): 352×440 pixels, 300 DPI, JPEG, 20–50 KB, white, no frame, the head two thirds of the
/// height, no light-coloured clothes.
///
/// Two points of N16 cannot be judged from pixels and are asked of the clerk instead (``StationConfirmation``): taken within
/// six months, and no uniform. The tolerances are this system's own; N16 has none.
package enum PhotoRule {
    package static let width = 352
    package static let height = 440
    /// Pixels per inch.
    package static let density = 300
    /// Bytes. A KB is read as 1,000 at the lower end and as 1,024 at the upper one: a picture right by either reading passes.
    package static let byteCounts = 20_000...51_200
    /// 约三分之二, as a share of the height. A chin is told from a neck to about a tenth of the height.
    package static let headHeights = 0.56...0.78
    /// Least share of the ground that must be white; hair and a shoulder may reach into it.
    package static let leastWhiteGround = 0.95
    /// Most of the clothes that may be light: a collar or a shirt front under a dark jacket is no light dress.
    package static let mostLightClothes = 0.5
    /// Least share of the picture that somebody fills.
    package static let leastSubject = 0.12

    /// Everything that is wrong with the picture, all at once, so that nobody comes a second time for the second fault (R27).
    ///
    /// - Parameter measure: nil for bytes that are no whole JPEG.
    package static func faults(of measure: PhotoMeasure?) -> [PhotoFault] {
        guard let measure else { return [.unreadable] }
        var faults: [PhotoFault] = []
        if !Self.byteCounts.contains(measure.byteCount) { faults.append(.fileSize(bytes: measure.byteCount)) }
        if measure.width != Self.width || measure.height != Self.height {
            faults.append(.pixels(width: measure.width, height: measure.height))
        }
        if measure.density != Self.density { faults.append(.density(measure.density)) }
        guard let look = measure.look else { return faults }
        if look.hasFrame { faults.append(.frame) }
        guard look.whiteGround >= Self.leastWhiteGround else {
            // On another ground nothing else can be told apart.
            faults.append(.ground)
            return faults
        }
        guard look.subject >= Self.leastSubject else {
            faults.append(.noPerson)
            return faults
        }
        if let height = look.headHeight, !Self.headHeights.contains(height) {
            faults.append(.headHeight(percent: Int((height * 100).rounded())))
        }
        if look.lightClothes > Self.mostLightClothes { faults.append(.lightClothes) }
        return faults
    }
}
